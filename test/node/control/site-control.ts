import t from 'tap';
import { SiteControl } from '../../../node/control/site-control.ts';
import { ExitEstimates } from '../../../socks/exits/exit-estimates.ts';
import { ExitOutlook } from '../../../socks/exits/exit-outlook.ts';
import { Pins } from '../../../socks/exits/pins.ts';
import { autoRoute } from '../../../socks/auto-route.ts';
import { nodeId } from '../../socks/fixtures/node-ids.ts';
import { testIdentity } from '../../socks/fixtures/node-view.ts';
import { directly, viaCountries } from '../../socks/fixtures/routes.ts';
import type { Route } from '../../../socks/route.ts';

t.test('what goes out directly is shown at no exit, whatever was pinned before', async (t) => {
  const pins = new Pins();
  let route: Route = directly();
  const sites = new SiteControl({
    pins,
    outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
    exits: () => [{ id: nodeId(2), identity: testIdentity(2), state: 'up', rttMs: 10, country: 'DE', link: 'udp://8' }],
    route: () => route,
    nowMs: () => 0,
    refusal: () => null,
    wallMs: () => Date.UTC(2026, 0, 1),
    changed: () => {},
  });
  pins.pin('example.com', testIdentity(2), 'race', Date.UTC(2026, 0, 1));
  const report = sites.why('www.example.com');
  t.match(report, { site: 'example.com', way: 'direct', rule: /^directly from this machine, past the exits$/ });
  t.same([report.pin, report.exits], [null, []]);
  route = directly(() => directly());
  t.match(sites.why('www.example.com').rule, /exits, unless a rule before it holds for the address/);
  route = viaCountries(['DE'], [], () => directly());
  t.match(sites.why('www.example.com'), {
    way: 'exit',
    pin: { exit: 2 },
    exits: [{ link: 'udp://8' }],
    rule: /^exits in DE, unless a rule/,
  });
  route = { type: 'refused', reason: 'not-allowed', rule: null };
  t.match(sites.why('www.example.com'), {
    way: 'refused',
    rule: 'blocked',
    pin: null,
    exits: [],
  });
  route = { type: 'refused', reason: 'no-such-host', rule: null };
  t.match(sites.why('www.example.com').rule, 'refused: no-such-host');
});

t.test('pins by the user, their moves, and what is said of them', async (t) => {
  const pins = new Pins();
  let changes = 0;
  const sites = new SiteControl({
    pins,
    outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
    exits: () =>
      [2, 3].map((id) => ({
        id: nodeId(id),
        identity: testIdentity(id),
        state: 'up',
        rttMs: id === 2 ? 10 : null,
        country: 'DE',
        draining: id === 2 ? null : { leavesAtS: null },
      })),
    route: (host) => autoRoute({ host, port: 443 }),
    nowMs: () => 0,
    refusal: () => null,
    wallMs: () => Date.UTC(2026, 0, 1),
    changed: () => changes++,
  });
  t.same(sites.pin('www.a.test', 2), { site: 'a.test', done: true });
  sites.pin('a.test', 3);
  t.match(sites.why('x.a.test').pin, { exit: 3, reason: 'user', moves: [{ from: 2, to: 3, reason: 'user' }] });
  pins.pin('a.test#work', testIdentity(9), 'race', Date.UTC(2026, 0, 1) + 1);
  t.match(sites.all()[0], { site: 'a.test#work', exit: null });
  pins.showed('a.test', testIdentity(3), '8.0.0.1', 5);
  pins.showed('a.test', testIdentity(3), '8.0.0.2', 6);
  t.match(sites.why('a.test').pin, {
    addresses: ['8.0.0.2', '8.0.0.1'],
    addressChanges: [{ from: '8.0.0.1', to: '8.0.0.2', atMs: 6 }],
  });
  t.match(sites.unpin('a.test#work'), { done: true });
  t.match(sites.unpin('a.test#work'.replace('#', '.')), { done: false });
  t.equal(changes, 3);
  t.match(sites.why('b.test'), {
    site: 'b.test',
    rule: 'any exit',
    pin: null,
    exits: [
      { roundTripMs: Number, draining: false },
      { roundTripMs: null, costMs: null, draining: true, link: null },
    ],
  });
  t.throws(() => sites.pin('a.test', 7), { code: 'failed' });
  t.throws(() => sites.why('a b'), { code: 'failed', message: /^"a b" is neither/ });
  t.throws(() => sites.why(''), { code: 'failed', message: /^"" is neither/ });
});

t.test('a site is put at no exit that it may not use', async (t) => {
  const pins = new Pins();
  let route: Route = viaCountries(['DE'], []);
  const sites = new SiteControl({
    pins,
    outlook: new ExitOutlook({ estimates: new ExitEstimates() }),
    exits: () =>
      ([2, 3] as const).map((id) => ({
        id: nodeId(id),
        identity: testIdentity(id),
        state: 'up',
        rttMs: 10,
        country: id === 2 ? 'DE' : 'JP',
      })),
    route: () => route,
    nowMs: () => 0,
    refusal: () => null,
    wallMs: () => Date.UTC(2026, 0, 1),
    changed: () => {},
  });
  const refused = (host: string, node: number, message: RegExp): void => {
    t.throws(() => sites.pin(host, node), { code: 'failed', message });
    t.equal(pins.all(Date.UTC(2026, 0, 1)).length, 0);
  };
  refused('a.test', 3, /can't be put at exit 3, where it would not go: .*exits in DE\.$/);
  route = directly();
  refused('a.test', 2, /would not go: .*directly from this machine/);
  route = { type: 'refused', reason: 'not-allowed', rule: 'rule 1' };
  refused('a.test', 2, /would not go: rule 1: blocked/);
  route = autoRoute({ host: { type: 'name', name: 'a.test' }, port: 443 });
  pins.pin('a.test#country=JP', testIdentity(3), 'race', Date.UTC(2026, 0, 1));
  t.throws(() => sites.pin('a.test#country=JP', 2), { message: /programs that ask for exits in JP/ });
  t.match(sites.pin('a.test#country=JP', 3), { done: true });
  t.match(sites.pin('a.test', 3), { done: true });
  route = viaCountries(['DE'], [], () => viaCountries(['JP'], []));
  t.match(sites.pin('a.test', 3), { done: true }, 'rules that depend on the address may allow it');
  route = autoRoute({ host: { type: 'ip', bytes: Uint8Array.of(0, 0, 2, 0) }, port: 443 });
  t.throws(() => sites.pin('0.0.2.0', 3), { message: /would not go: exit 2/ });
});
