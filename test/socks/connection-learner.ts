import t from 'tap';
import { ConnectionLearner } from '../../socks/connection-learner.ts';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import { ExitOutlook } from '../../socks/exits/exit-outlook.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { testIdentity } from './fixtures/node-view.ts';
import { VirtualScheduler } from './fixtures/schedulers.ts';

const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 } as const;
const WALL_MS = Date.UTC(2026, 0, 1);

t.test('connections that came about, failures that say something of the way, round trips, pins in use', async (t) => {
  const pins = new Pins();
  const outlook = new ExitOutlook({ estimates: new ExitEstimates() });
  const scheduler = new VirtualScheduler();
  const changes: string[] = [];
  const learner = new ConnectionLearner({
    pins,
    outlook,
    scheduler,
    wallMs: () => WALL_MS,
    changed: (what) => changes.push(what),
  });
  const exit = { id: nodeId(2), identity: testIdentity(2), state: 'up', rttMs: 10, country: 'DE' } as const;
  const estimate = () => outlook.estimate(exit, 10, 'a.test', WALL_MS);
  const event = { type: 'opened', bound, connectMs: 100, destination: null } as const;
  learner.connected(nodeId(2), 'a.test', event);
  t.equal(estimate().samples, 0, 'an exit that is not known');
  learner.nodesChanged([exit]);
  learner.connected(nodeId(2), 'a.test', event);
  t.equal(estimate().samples, 1);
  for (const reason of ['no-such-host', 'not-allowed', 'connection-refused', 'failed'] as const) {
    learner.failed(nodeId(2), 'a.test', reason);
  }
  t.equal(estimate().failureRate, 0);
  learner.failed(nodeId(2), 'a.test', 'timed-out');
  t.ok(estimate().failureRate > 0);

  pins.pin('a.test', exit.identity, 'race', WALL_MS);
  const use = learner.use(nodeId(2), 'a.test', true);
  t.equal(pins.all(WALL_MS)[0]!.openStreams, 1);
  use.sent();
  scheduler.advance(50);
  use.received(0);
  t.equal(estimate().samples, 2);
  use.ended();
  t.equal(pins.all(WALL_MS)[0]!.openStreams, 0);
  const cut = learner.use(nodeId(2), 'a.test', true);
  cut.sent();
  learner.nodesChanged([{ ...exit, state: 'suspect' }]);
  cut.received(0);
  t.equal(estimate().samples, 2, 'it waited for the uplink');
  t.same(new Set(changes), new Set(['estimate', 'use']));
});
