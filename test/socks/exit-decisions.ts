import t from 'tap';
import type { NodeView } from '../../mesh/mesh-view.ts';
import { ExitDecisions } from '../../socks/exit-decisions.ts';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import type { ChoiceRequest } from '../../socks/exits/choice-request.ts';
import type { ExitEvent } from '../../socks/exits/exit-event.ts';
import { ExitOutlook } from '../../socks/exits/exit-outlook.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { exitView } from './fixtures/node-view.ts';
import { VirtualScheduler } from './fixtures/schedulers.ts';

const request = { site: 'a.test', policy: { type: 'any' }, whenDown: 'repin' } as const;

function setup(...exits: readonly NodeView[]) {
  const scheduler = new VirtualScheduler();
  const mesh = { exits };
  const log: string[] = [];
  const told: ExitEvent[] = [];
  const asked: (ChoiceRequest | null)[] = [];
  const decisions = new ExitDecisions(
    {
      mesh: { exits: () => mesh.exits, openStream: () => t.fail('opened') as never },
      pins: new Pins(),
      outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
      scheduler,
      wallMs: () => Date.UTC(2026, 0, 1) + scheduler.nowMs(),
      route: () => ({ type: 'refused', reason: 'failed', rule: null }),
      openDirectly: () => t.fail('opened') as never,
      onExitEvent: (event, wanted) => {
        told.push(event);
        asked.push(wanted ?? null);
      },
    },
    {
      seen: (seen) => log.push(`sees ${seen.map(({ id }) => id).join(' ')}`),
      happened: (event) => log.push(event.type),
    },
  );
  return { decisions, mesh, scheduler, log, told, asked };
}

t.test('exits are seen before anything is decided by them; who is no exit or has no key is none', async (t) => {
  const notAnExit = { ...exitView(4), roles: { exit: false, relay: true } };
  const { decisions, mesh, log, told, asked } = setup(exitView(2, 'connecting'), notAnExit, {
    ...exitView(5),
    identity: '',
  });
  decisions.look();
  decisions.choose(request);
  t.same(log, ['sees 2']);
  mesh.exits = [exitView(2, 'up')];
  decisions.look();
  t.same(log, ['sees 2', 'sees 2', 'decided']);
  t.equal(told.length, 1);
  t.same(asked, [request], 'with what it was asked for');
  t.match(decisions.exits, [{ id: 2, state: 'up' }]);
});

t.test('the chooser is woken when it wants to be, and not any more once nobody waits', async (t) => {
  const { decisions, scheduler, log } = setup(exitView(2, 'connecting'));
  decisions.look();
  decisions.choose(request);
  t.equal(scheduler.armed, 1);
  scheduler.advance(5_000);
  t.same(log, ['sees 2', 'no-exit']);
  t.equal(scheduler.armed, 0);
  decisions.choose(request);
  decisions.abandon(decisions.chooser.keyOf(request));
  t.equal(scheduler.armed, 0);
  decisions.choose(request);
  decisions.close();
  decisions.close();
  t.equal(scheduler.armed, 0);
});
