import t from 'tap';
import { ConnectionLearner } from '../../socks/connection-learner.ts';
import { ExitChooser } from '../../socks/exits/exit-chooser.ts';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import type { ExitEvent } from '../../socks/exits/exit-event.ts';
import { ExitOutlook } from '../../socks/exits/exit-outlook.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { RaceBook } from '../../socks/race-book.ts';
import { streamPair, type PairedStream } from '../fixtures/stream-pair.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { testIdentity } from './fixtures/node-view.ts';
import { settled, VirtualScheduler } from './fixtures/schedulers.ts';

const target = { host: { type: 'name', name: 'a.test' }, port: 443 } as const;
const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 } as const;
const request = { site: 'a.test', policy: { type: 'any' }, whenDown: 'repin' } as const;

t.test('a race from its first step to its end', async (t) => {
  const scheduler = new VirtualScheduler();
  const wallMs = (): number => Date.UTC(2026, 0, 1);
  const pins = new Pins();
  const outlook = new ExitOutlook({ estimates: new ExitEstimates() });
  const chooser = new ExitChooser({ pins, outlook });
  const now = () => ({ nowMs: scheduler.nowMs(), wallMs: wallMs() });
  const far: PairedStream[] = [];
  const applied: ExitEvent[] = [];
  const book = new RaceBook({
    openStream: (exit, asked) => {
      const pair = streamPair({ target: asked, exit, client: nodeId(1) });
      far.push(pair.far);
      return pair.near;
    },
    chooser,
    learner: new ConnectionLearner({ pins, outlook, scheduler, wallMs }),
    now,
    apply: (events) => applied.push(...events),
  });
  const exits = [2, 3].map(
    (id) => ({ id: nodeId(id), identity: testIdentity(id), state: 'up', rttMs: 10, country: '' }) as const,
  );
  chooser.nodesChanged(exits, now());
  const steps = chooser.choose(request, now());
  for (const step of steps) if (step.type === 'open') book.run(step, { target, request });
  const { key } = steps[0] as Extract<ExitEvent, { readonly type: 'open' }>;
  t.equal(book.targetOf(key), target);
  far[0]!.refuse('timed-out');
  far[1]!.accept(bound, 5);
  await settled();
  t.match(applied, [{ type: 'decided', exit: 3 }]);
  t.ok(book.take(key, nodeId(3)));
  t.equal(book.targetOf(key), null);
  book.end(key);
  t.notOk(far[1]!.over, "the winner is the taker's");
});

t.test('a race that nobody wants is not begun, and the decision is dropped', async (t) => {
  const chooser = new ExitChooser({ pins: new Pins(), outlook: new ExitOutlook({ estimates: new ExitEstimates() }) });
  const time = { nowMs: 0, wallMs: Date.UTC(2026, 0, 1) };
  chooser.nodesChanged(
    [2, 3].map((id) => ({ id: nodeId(id), identity: testIdentity(id), state: 'up', rttMs: 10, country: '' })),
    time,
  );
  const [step] = chooser.choose(request, time);
  const learner = new ConnectionLearner({
    pins: new Pins(),
    outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
    scheduler: new VirtualScheduler(),
    wallMs: () => 0,
  });
  const book = new RaceBook({
    openStream: () => t.fail('opened') as never,
    chooser,
    learner,
    now: () => time,
    apply: () => {},
  });
  if (step?.type === 'open') book.run(step, undefined);
  t.not(chooser.choose(request, time).length, 0, 'it is decided anew');
});
