import t from 'tap';
import type { Target } from '../../mesh/session/target.ts';
import { ExitRefusals } from '../../node/exit-refusals.ts';
import { autoRoute } from '../../socks/auto-route.ts';
import type { ConnectFailure } from '../../socks/connect-outcome.ts';
import type { Route } from '../../socks/route.ts';

const TARGET: Target = { host: { type: 'ip', bytes: Uint8Array.of(10, 0, 0, 1) }, port: 80 };
const SITE = '10.0.0.1';

function failed(reason: ConnectFailure, target = TARGET) {
  return { type: 'failed', target, reason } as const;
}

t.test('what an exit does not allow is remembered by its site, and told once a minute without it', async (t) => {
  const said: string[] = [];
  const refusals = new ExitRefusals(autoRoute, (message) => said.push(message));
  t.equal(refusals.last(SITE), null);
  for (const [nowMs, count] of [
    [0, 1],
    [59_999, 1],
    [60_000, 2],
  ] as const) {
    refusals.ended(failed('not-allowed'), { nowMs, wallMs: 1_000_000 + nowMs });
    t.equal(said.length, count);
    t.equal(refusals.last(SITE)?.atMs, 1_000_000 + nowMs);
  }
  t.match(said[0], /^an exit refused a connection: its address is private, .*allowPrivate: true/);
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
  t.equal(refusals.last(SITE), null);
});

t.test('why, as far as the address tells; each reason has its own line', async (t) => {
  const said: string[] = [];
  const refusals = new ExitRefusals(autoRoute, (message) => said.push(message));
  const ip = (...bytes: number[]): Target['host'] => ({ type: 'ip', bytes: Uint8Array.from(bytes) });
  const mapped = ip(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 0, 1);
  for (const [host, port, site, why] of [
    [ip(10, 0, 0, 1), 80, '10.0.0.1', /is private,/],
    [ip(127, 0, 0, 1), 80, '127.0.0.1', /is private,/],
    [ip(100, 64, 0, 1), 80, '100.64.0.1', /is private,/],
    [mapped, 80, '192.168.0.1', /is private,/],
    [ip(169, 254, 169, 254), 80, '169.254.169.254', /is reserved .* which no exit allows/],
    [ip(224, 0, 0, 1), 80, '224.0.0.1', /is reserved/],
    [ip(255, 255, 255, 255), 80, '255.255.255.255', /is reserved/],
    [ip(198, 41, 0, 4), 25, '198.41.0.4', /port 25 .*allowPorts: \[25\]/],
    [ip(198, 41, 0, 4), 4_840, '198.41.0.4', /exit itself listens/],
    [{ type: 'name', name: 'intranet.test' }, 80, 'intranet.test', /the name stands for .* private .* reserved/],
    [{ type: 'name', name: 'mail.test' }, 25, 'mail.test', /port 25/],
  ] as const) {
    refusals.ended(failed('not-allowed', { host, port }), { nowMs: 0, wallMs: 0 });
    const refusal = refusals.last(site) ?? refusals.last(`::ffff:${site}`);
    t.match(refusal?.why, why, `${site} ${port}`);
  }
  t.equal(said.length, 5, 'each once a minute');
});
