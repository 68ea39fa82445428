import t from 'tap';
import type { Target } from '../../mesh/session/target.ts';
import { ExitRefusals } from '../../node/exit-refusals.ts';
import { autoRoute } from '../../socks/auto-route.ts';
import type { ConnectFailure } from '../../socks/connect-outcome.ts';
import type { Route } from '../../socks/route.ts';

const TARGET: Target = { host: { type: 'ip', bytes: Uint8Array.of(10, 0, 0, 1) }, port: 80 };
const SITE = '10.0.0.1';

function failed(reason: ConnectFailure) {
  return { type: 'failed', target: TARGET, reason } as const;
}

t.test('what an exit does not allow is remembered by its site, and told once a minute without it', async (t) => {
  const said: string[] = [];
  const refusals = new ExitRefusals(autoRoute, (message) => said.push(message));
  t.equal(refusals.lastMs(SITE), null);
  for (const [nowMs, count] of [
    [0, 1],
    [59_999, 1],
    [60_000, 2],
  ] as const) {
    refusals.ended(failed('not-allowed'), { nowMs, wallMs: 1_000_000 + nowMs });
    t.equal(said.length, count);
    t.equal(refusals.lastMs(SITE), 1_000_000 + nowMs);
  }
  t.match(said[0], /^an exit refused a connection: its address is private \(allowPrivate/);
  t.notMatch(said.join(), SITE);
});

t.test('other failures, and what the rules refuse, are none of it', async (t) => {
  let route: Route = autoRoute(TARGET);
  const refusals = new ExitRefusals(
    () => route,
    () => t.fail('told'),
  );
  const time = { nowMs: 0, wallMs: 0 };
  for (const reason of ['connection-refused', 'no-exit', 'timed-out'] as const) refusals.ended(failed(reason), time);
  refusals.ended({ type: 'silent' }, time);
  route = { type: 'refused', reason: 'not-allowed', rule: null };
  refusals.ended(failed('not-allowed'), time);
  t.equal(refusals.lastMs(SITE), null);
});
