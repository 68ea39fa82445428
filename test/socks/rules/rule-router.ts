import t from 'tap';
import type { Destination } from '../../../mesh/session/target.ts';
import { shippedSiteGroups } from '../../../socks/exits/site-groups.ts';
import type { ExitOverrides } from '../../../socks/exits/overrides.ts';
import { policyText } from '../../../socks/exits/exit-policy.ts';
import { addressBytes, parseHost } from '../../../socks/host-text.ts';
import type { Route } from '../../../socks/route.ts';
import { RuleRouter } from '../../../socks/rules/rule-router.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { rulesFrom, ruleSetOf } from './fixtures/rule-set-of.ts';

function routerOf(rules: readonly string[], groups: readonly (readonly string[])[] = []) {
  const router = new RuleRouter(ruleSetOf(rulesFrom(...rules)), shippedSiteGroups(groups));
  return (host: string, overrides?: ExitOverrides) => router.route({ host: parseHost(host)!, port: 443 }, overrides);
}

function text(route: Route): string {
  const by = route.rule === null ? '' : ` by ${route.rule}`;
  switch (route.type) {
    case 'refused':
      return `${route.reason}${by}`;
    case 'direct':
      return `${route.site} direct${route.settle === null ? '' : ' for now'}${by}`;
    case 'exit': {
      const { site, policy, whenDown } = route.request;
      return `${site} ${policyText(policy)} ${whenDown}${route.settle === null ? '' : ' for now'}${by}`;
    }
  }
}

const at = (address: string, country: string | null = null): Destination => ({
  address: addressBytes(address)!,
  country,
  position: null,
});

t.test('every action', async (t) => {
  const route = routerOf([
    '{ suffixes: [blocked.test], to: block }',
    '{ suffixes: [direct.test], to: direct }',
    '{ suffixes: [three.test], to: exit 3 }',
    '{ suffixes: [held.test], to: exit 3, whenDown: hold }',
    '{ suffixes: [german.test], to: countries DE FR }',
    '{ suffixes: [abroad.test], to: not countries US, whenDown: fail }',
    '{ suffixes: [any.test], to: auto, whenDown: hold }',
  ]);
  t.equal(text(route('www.blocked.test')), 'not-allowed by rule 1 (suffixes blocked.test)');
  t.equal(text(route('www.direct.test')), 'direct.test direct by rule 2 (suffixes direct.test)');
  t.equal(text(route('www.three.test')), 'three.test exit 3 fail by rule 3 (suffixes three.test)');
  t.equal(text(route('www.held.test')), 'held.test exit 3 hold by rule 4 (suffixes held.test)');
  t.equal(text(route('www.german.test')), 'german.test DE FR repin by rule 5 (suffixes german.test)');
  t.equal(text(route('www.abroad.test')), 'abroad.test any country, not US fail by rule 6 (suffixes abroad.test)');
  t.equal(text(route('www.any.test')), 'any.test any exit hold by rule 7 (suffixes any.test)');
  t.equal(text(route('www.other.test')), 'other.test any exit repin');
});

t.test("a program's own wishes come before every rule", async (t) => {
  const route = routerOf(['{ suffixes: [a.test], to: block }', '{ networks: [0.0.0.0/0], to: block }']);
  t.equal(text(route('a.test', { exit: nodeId(7) })), 'a.test exit 7 fail');
  t.equal(text(route('a.test', { country: 'JP' })), 'a.test#country=JP JP repin');
  t.equal(text(route('0.0.9.0')), '0.0.9.0 exit 9 fail');
  t.match(text(route('a.test', { site: 'work' })), /^not-allowed/, 'a name for its pin is no wish for an exit');
  t.equal(text(route('b.test', { site: 'work' })), 'b.test#work any exit repin');
});

t.test("the user's groups", async (t) => {
  const route = routerOf(['{ suffixes: [b.test], to: exit 3 }'], [['a.test', 'b.test']]);
  t.match(text(route('www.b.test')), /^a\.test exit 3/, 'rules are about hosts, pins about sites');
});

t.test('what depends on the address is settled once it is known', async (t) => {
  const route = routerOf([
    '{ resolvedNetworks: [private], to: block }',
    '{ resolvedCountries: [CN], to: exit 3 }',
    '{ suffixes: [never.test], to: block }',
    '{ suffixes: [home.test], to: direct }',
    '{ suffixes: [de.test], to: countries DE }',
  ]);
  const open = route('a.test');
  t.equal(text(open), 'a.test any exit repin for now');
  if (open.type !== 'exit' || open.settle === null) throw new Error('nothing to settle');
  const settle = open.settle;
  t.equal(text(settle(at('10.0.0.1'))), 'not-allowed by rule 1 (resolvedNetworks private)');
  t.equal(text(settle(at('192.0.2.7', 'US'))), 'a.test any exit repin for now');
  t.equal(text(settle(at('192.0.2.7', 'CN'))), 'a.test exit 3 fail for now by rule 2 (resolvedCountries CN)');
  t.equal(text(settle(null)), 'a.test any exit repin for now');
  t.match(text(route('home.test')), /^home\.test direct for now/);
  t.match(text(route('de.test')), /^de\.test DE repin for now/);
  t.match(text(route('never.test')), /^not-allowed/, 'a block by name needs no exit');
  t.match(text(route('192.0.2.7')), /for now/, 'its country is not known');
});

t.test('an exit is changed once by an address, but another address may still be blocked', async (t) => {
  const route = routerOf(['{ resolvedNetworks: [private], to: block }', '{ resolvedCountries: [CN], to: exit 3 }']);
  const open = route('a.test');
  const settled = open.type === 'exit' ? open.settle?.(at('192.0.2.7', 'CN')) : undefined;
  if (settled?.type !== 'exit' || settled.settle === null) throw new Error('nothing to settle');
  const again = settled.settle(at('192.0.2.8', 'US'));
  t.equal(again, settled, 'exit 3 stays');
  t.match(text(settled.settle(at('127.0.0.1'))), /^not-allowed by rule 1/);
});
