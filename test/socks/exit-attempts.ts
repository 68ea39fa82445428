import t from 'tap';
import type { NodeId } from '../../config/node-id.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';
import type { AttemptOutcome, Reached } from '../../socks/connect-attempt.ts';
import { ExitAttempts } from '../../socks/exit-attempts.ts';
import type { ChoiceRequest } from '../../socks/exits/choice-request.ts';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import { ExitOutlook } from '../../socks/exits/exit-outlook.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { parseHost } from '../../socks/host-text.ts';
import { streamPair, type PairedStream } from '../fixtures/stream-pair.ts';
import { bound } from './fixtures/connector-setup.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { exitView, testIdentity } from './fixtures/node-view.ts';
import { settled, VirtualScheduler } from './fixtures/schedulers.ts';

// What whoever follows routes may rely on; whole connections are in connector.ts and connector-settles.ts.

const WALL_MS = Date.UTC(2026, 0, 1);
const ANY: ChoiceRequest = { site: 'a.test', policy: { type: 'any' }, whenDown: 'repin' };

function setup(...exits: readonly NodeView[]) {
  const scheduler = new VirtualScheduler();
  const pins = new Pins();
  const changes: string[] = [];
  const opened: { readonly exit: NodeId; readonly far: PairedStream }[] = [];
  const attempts = new ExitAttempts({
    mesh: {
      exits: () => exits,
      openStream: (exit, target) => {
        const pair = streamPair({ target, exit, client: nodeId(1) });
        opened.push({ exit, far: pair.far });
        return pair.near;
      },
    },
    pins,
    outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
    scheduler,
    wallMs: () => WALL_MS + scheduler.nowMs(),
    route: () => ({ type: 'refused', reason: 'failed', rule: null }),
    openDirectly: () => t.fail('opened') as never,
    changed: (what) => changes.push(what),
  });
  const outcomes: AttemptOutcome[] = [];
  const prepare = (request: ChoiceRequest, isTentative: boolean, parked: Reached | null = null) => {
    const target = { host: parseHost('a.test')!, port: 443 };
    return attempts.prepare({ target, request, isTentative, parked }, (outcome) => outcomes.push(outcome));
  };
  /** What was reached last. */
  const reached = (): Reached => {
    const outcome = outcomes.at(-1);
    if (outcome?.type !== 'reached') throw new Error(`not reached: ${outcome?.type}`);
    return outcome.reached;
  };
  const accept = async (): Promise<void> => {
    opened.at(-1)!.far.accept(bound, 1);
    await settled();
  };
  return { attempts, scheduler, pins, changes, opened, outcomes, prepare, reached, accept };
}

t.test('what is only prepared is not on its way', async (t) => {
  const { attempts, prepare, opened, outcomes, scheduler } = setup(exitView(2));
  attempts.drop(prepare(ANY, false));
  t.same([opened, outcomes], [[], []]);
  t.equal(scheduler.armed, 0);
});

t.test('kept: the pin is in use until the connection ends', async (t) => {
  const { attempts, prepare, reached, accept, pins } = setup(exitView(2));
  attempts.start(prepare(ANY, true));
  await accept();
  t.match(reached(), { exit: 2, site: 'a.test', opened: { connectMs: 1 } });
  const observer = attempts.keep(reached());
  t.equal(pins.all(WALL_MS)[0]!.openStreams, 1);
  observer.ended();
  t.equal(pins.all(WALL_MS)[0]!.openStreams, 0);
});

t.test('let go: the stream is reset, and the pin that was made for it goes with it', async (t) => {
  const { attempts, prepare, reached, accept, pins, opened, changes } = setup(exitView(2));
  attempts.start(prepare(ANY, true));
  await accept();
  attempts.letGo(reached());
  t.ok(opened[0]!.far.over);
  t.equal(pins.size, 0);
  t.equal(changes.at(-1), 'pin', 'the disk forgets it, too');
});

t.test('a pin that the user confirmed meanwhile stays', async (t) => {
  const { attempts, prepare, reached, accept, pins } = setup(exitView(2));
  attempts.start(prepare(ANY, true));
  pins.pin('a.test', testIdentity(2), 'user', WALL_MS);
  await accept();
  attempts.letGo(reached());
  t.match(pins.all(WALL_MS), [{ site: 'a.test', reason: 'user' }]);
});

t.test('a pin that no rule may take back stays, whatever becomes of the connection', async (t) => {
  const { attempts, prepare, pins } = setup(exitView(2));
  const attempt = prepare(ANY, false);
  attempts.start(attempt);
  attempts.drop(attempt);
  attempts.drop(attempt);
  t.equal(pins.size, 1);
});

t.test('no exit is told inside the call, and so is a parked stream that is wanted again', async (t) => {
  const none = setup(exitView(2, 'down'));
  none.attempts.start(none.prepare(ANY, true));
  t.match(none.outcomes, [{ type: 'failed', reason: 'no-exit' }]);

  const { attempts, prepare, reached, accept, opened, outcomes } = setup(exitView(2));
  attempts.start(prepare(ANY, true));
  await accept();
  const fixed: ChoiceRequest = { ...ANY, policy: { type: 'exit', exit: nodeId(2) } };
  attempts.start(prepare(fixed, true, reached()));
  t.equal(outcomes.length, 2);
  t.equal(reached().opened.connectMs, 1);
  t.equal(opened.length, 1);
  t.notOk(opened[0]!.far.over);
});

t.test('requests that are one decision', async (t) => {
  const { attempts } = setup(exitView(2));
  t.ok(attempts.isSame(ANY, { ...ANY }));
  t.notOk(attempts.isSame(ANY, { ...ANY, site: 'b.test' }));
  t.notOk(attempts.isSame(ANY, { ...ANY, whenDown: 'hold' }));
  t.notOk(attempts.isSame(ANY, { ...ANY, policy: { type: 'countries', allowed: null, forbidden: [] } }));
  t.ok(attempts.mayServe);
  t.notOk(setup(exitView(2, 'down')).attempts.mayServe);
});

t.test('closing stops waiting for decisions', async (t) => {
  const { attempts, prepare, scheduler } = setup(exitView(2, 'connecting'));
  attempts.start(prepare(ANY, false));
  t.equal(scheduler.armed, 1);
  attempts.close();
  t.equal(scheduler.armed, 0);
});
