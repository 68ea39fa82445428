import t from 'tap';
import type { NodeView } from '../../../mesh/mesh-view.ts';
import type { ExitPolicy, WhenDown } from '../../../socks/exits/exit-policy.ts';
import { noExitText } from '../../../socks/exits/no-exit-text.ts';
import { Pins } from '../../../socks/exits/pins.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { exitView, testIdentity } from '../fixtures/node-view.ts';

const WALL_MS = Date.UTC(2026, 0, 1, 13, 53, 37);
const ANY: ExitPolicy = { type: 'any' };
const JAPAN: ExitPolicy = { type: 'countries', allowed: ['JP'], forbidden: [] };

/** Exits 1 and 2, of which 1 is away since a second; the site is pinned to `pinned`, if that is not null. */
function why(policy: ExitPolicy, whenDown: WhenDown, pinned: number | null, nowMs = 1_000): string {
  const pins = new Pins();
  if (pinned !== null) pins.pin('secret.test', testIdentity(pinned), 'race', WALL_MS);
  pins.exitUp(testIdentity(2), 0);
  pins.exitDown(testIdentity(1), 0);
  const views: readonly NodeView[] = [exitView(1, 'down'), exitView(2)];
  const exits = views.map((view, index) => ({ ...view, identity: testIdentity(index + 1) }));
  return noExitText({ site: 'secret.test', policy, whenDown }, pins, exits, { nowMs, wallMs: WALL_MS + nowMs });
}

t.test('each reason has its words, and the site is not among them', async (t) => {
  for (const [policy, whenDown, pinned, nowMs, expected] of [
    [{ type: 'exit', exit: nodeId(9) }, 'fail', null, 1_000, 'asked for: exit 9, which is not known here'],
    [{ type: 'exit', exit: nodeId(1) }, 'fail', null, 1_000, 'asked for: exit 1, which is down'],
    [JAPAN, 'repin', null, 1_000, 'asked for: JP; none of 2 exits is there, up and not draining'],
    [ANY, 'repin', 1, 1_000, 'waits for exit 1 until 13:54:07 UTC, then moves'],
    [ANY, 'hold', 1, 1_000, 'waits for exit 1, however long'],
    [ANY, 'hold', 1, 60_000, 'waits for exit 1, however long'],
    [ANY, 'fail', 1, 1_000, 'exit 1 is away, and it is to fail then'],
    [ANY, 'hold', 7, 1_000, 'waits for its exit, however long'],
    [ANY, 'repin', 1, 60_000, 'those that are up do not answer, or drain'],
    [ANY, 'repin', null, 1_000, 'those that are up do not answer, or drain'],
    [JAPAN, 'repin', 2, 1_000, 'asked for: JP; none of 2 exits is there, up and not draining'],
  ] as const) {
    t.equal(why(policy, whenDown, pinned, nowMs), expected);
  }
});
