import fc from 'fast-check';
import t from 'tap';
import { parseIpNetwork, type IpNetwork } from '../../../config/ip-network.ts';
import type { RuleSettings } from '../../../config/rule-settings.ts';
import type { Destination, Host } from '../../../mesh/session/target.ts';
import { addressBytes, parseHost } from '../../../socks/host-text.ts';
import type { ListSink } from '../../../socks/rules/rule-set-builder.ts';
import { naiveAnswer, type ListEntry } from './fixtures/naive-rules.ts';
import { rulesFrom, ruleSetOf } from './fixtures/rule-set-of.ts';

const target = (host: string, port = 443) => ({ host: parseHost(host)!, port });
const destination = (address: string, country: string | null = null): Destination => ({
  address: addressBytes(address)!,
  country,
  position: null,
});

t.test('the first rule that holds', async (t) => {
  const rules = ruleSetOf(
    rulesFrom(
      '{ domains: [www.example.com], to: block }',
      '{ suffixes: [example.com], ports: [80, 8000-9000], to: auto }',
      '{ suffixes: [example.com], to: auto }',
      '{ keywords: [track, ads.], to: auto }',
      '{ patterns: ["^x[0-9]+\\\\.", "y$"], suffixes: [test], to: auto }',
      '{ networks: [192.0.2.0/24, "2001:db8::/32"], to: auto }',
      '{ networks: [private], to: auto }',
      '{ ports: [25], to: auto }',
      '{ suffixes: [com], keywords: [shop], ports: [443], to: auto }',
    ),
  );
  const cases: readonly (readonly [string, number, number | null])[] = [
    ['www.example.com', 80, 0],
    ['example.com', 80, 1],
    ['a.example.com', 8_500, 1],
    ['a.example.com', 443, 2],
    ['notexample.com', 443, null],
    ['mytracker.net', 1, 3],
    ['ads.net', 1, 3],
    ['x12.test', 1, 4],
    ['x12.net', 1, null],
    ['a.testy', 1, null],
    ['192.0.2.9', 1, 5],
    ['::ffff:192.0.2.9', 1, 5],
    ['2001:db8::9', 1, 5],
    ['10.0.0.1', 1, 6],
    ['::1', 1, 6],
    ['198.51.100.1', 25, 7],
    ['mail.net', 25, 7],
    ['myshop.com', 443, 8],
    ['myshop.com', 80, null],
    ['localhost', 443, null],
  ];
  for (const [host, port, rule] of cases) {
    t.strictSame(rules.first(target(host, port)), { rule, dependsOnAddress: false }, `${host}:${port}`);
    t.equal(rules.final(target(host, port), null), rule);
  }
});

t.test('rules that wait for the address', async (t) => {
  const rules = ruleSetOf(
    rulesFrom(
      '{ resolvedNetworks: [private], to: block }',
      '{ suffixes: [example.com], resolvedCountries: [DE, FR], to: auto }',
      '{ resolvedCountries: [FR], resolvedNetworks: [192.0.2.0/24], to: auto }',
      '{ suffixes: [example.net], to: auto }',
    ),
  );
  const first = (host: string) => rules.first(target(host));
  const final = (host: string, at: Destination | null) => rules.final(target(host), at);
  t.strictSame(first('example.com'), { rule: null, dependsOnAddress: true });
  t.strictSame(first('example.net'), { rule: 3, dependsOnAddress: true });
  t.strictSame(first('10.0.0.1'), { rule: 0, dependsOnAddress: false }, 'an address is its own answer');
  t.strictSame(first('::ffff:10.0.0.1'), { rule: 0, dependsOnAddress: false });
  t.strictSame(first('192.0.2.7'), { rule: null, dependsOnAddress: true }, 'but not its country');
  t.strictSame(first('198.51.100.1'), { rule: null, dependsOnAddress: false }, 'no rule could hold');
  t.equal(final('example.com', destination('10.0.0.1', 'DE')), 0);
  t.equal(final('example.com', destination('::ffff:10.0.0.1')), 0);
  t.equal(final('example.com', destination('192.0.2.7', 'DE')), 1);
  t.equal(final('example.org', destination('192.0.2.7', 'DE')), null);
  t.equal(final('example.org', destination('192.0.2.7', 'FR')), 2);
  t.equal(final('example.org', destination('192.0.3.7', 'FR')), null);
  t.equal(final('example.com', destination('192.0.2.7')), null, 'a country that is not known is in no rule');
  t.equal(final('example.com', null), null, 'nor is an address');
  t.equal(final('example.net', null), 3);
  t.equal(final('192.0.2.7', null), null);
  t.equal(final('10.0.0.1', null), 0);
});

t.test('no rules at all', async (t) => {
  const rules = ruleSetOf([]);
  t.strictSame(rules.first(target('example.com')), { rule: null, dependsOnAddress: false });
  t.equal(rules.final(target('example.com'), null), null);
});

t.test('names as they come, however odd', async (t) => {
  const rules = ruleSetOf(rulesFrom('{ suffixes: [example.com], to: block }', '{ keywords: [evil], to: block }'));
  const named = (name: string) => rules.first({ host: { type: 'name', name }, port: 443 }).rule;
  t.equal(named('WWW.Example.COM.'), 0);
  t.equal(named('a.example.com'.padStart(255, 'x')), 0);
  for (const name of [
    '',
    '.',
    '..',
    'a'.repeat(256),
    'ex\0ample.com',
    'example\u3002com',
    '\ud800',
    'x'.repeat(70_000),
  ]) {
    t.equal(named(name), null, JSON.stringify(name.slice(0, 20)));
  }
  t.equal(rules.first({ host: { type: 'ip', bytes: new Uint8Array(5) }, port: 0 }).rule, null, 'no address at all');
});

t.test('property: asking one rule after the other says the same', async () => {
  const pick = <T>(...all: readonly T[]) => fc.subarray([...all], { minLength: 1 });
  const names = ['example.com', 'a.example.com', 'com', 'ads.test', 'test', 'b.ads.test'];
  const networks = ['10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '2001:db8::/32', '::/0', 'private'];
  const ports = [
    { first: 80, last: 80 },
    { first: 443, last: 8_080 },
  ];
  const rule = fc
    .record(
      {
        domains: pick(...names),
        suffixes: pick(...names),
        keywords: pick('ads', 'a.', 'example'),
        patterns: pick('^a', 'm$', '[bc]\\.'),
        ports: pick(...ports),
        networks: pick(...networks),
        lists: pick('one', 'two', 'three'),
        resolvedCountries: pick('DE', 'FR'),
        resolvedNetworks: pick(...networks),
        to: fc.constant({ type: 'auto' } as const),
      },
      { requiredKeys: ['to'], noNullPrototype: true },
    )
    // Few conditions, so that rules hold now and then.
    .chain((all) => {
      const keys = Object.keys(all).filter((key) => key !== 'to');
      return fc.subarray(keys, { maxLength: Math.min(3, keys.length) }).map((kept): RuleSettings => {
        const entries = Object.entries(all).filter(([key]) => key === 'to' || kept.includes(key));
        return Object.fromEntries(entries) as unknown as RuleSettings;
      });
    });
  const entry: fc.Arbitrary<ListEntry> = fc.oneof(
    fc.tuple(fc.constantFrom('suffix' as const, 'host' as const), fc.constantFrom(...names)),
    fc.tuple(fc.constant('network' as const), fc.constantFrom('10.1.0.0/16', '2001:db8::/32')),
    fc.tuple(fc.constant('keyword' as const), fc.constantFrom('ads', 'xyz')),
    fc.tuple(fc.constant('pattern' as const), fc.constantFrom('^b', 'q')),
  );
  const address = fc.constantFrom('10.1.2.3', '::ffff:10.2.0.0', '192.0.2.7', '2001:db8::1', '127.0.0.1', 'fe80::1');
  const host = fc
    .oneof(fc.constantFrom(...names, 'other.example', 'ads.com'), address)
    .map((text): Host => parseHost(text)!);
  const lists = fc.tuple(fc.array(entry, { maxLength: 3 }), fc.array(entry, { maxLength: 3 }));
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 70, size: 'max' }),
      lists,
      host,
      fc.constantFrom(80, 443, 25),
      fc.option(fc.record({ address, country: fc.constantFrom('DE', 'FR', 'US', null) })),
      (rules, [one, two], asked, port, told) => {
        const entries = new Map<string, readonly ListEntry[]>([
          ['one', one],
          ['two', two],
        ]);
        const set = ruleSetOf(rules, (sink, list) => fill(sink, entries.get(list) ?? []));
        const resolved = told === null ? null : addressBytes(told.address)!;
        const question = { host: asked, port, resolved: null, country: null };
        const answers = rules.map((each) => naiveAnswer(each, entries, question, false));
        const decided = answers.indexOf('yes');
        const before = decided < 0 ? answers : answers.slice(0, decided);
        const verdict = set.first({ host: asked, port });
        if (verdict.rule !== (decided < 0 ? null : decided)) return false;
        if (verdict.dependsOnAddress !== before.includes('unknown')) return false;
        const full = { ...question, resolved, country: told?.country ?? null };
        const last = rules.findIndex((each) => naiveAnswer(each, entries, full, true) === 'yes');
        const at = resolved === null ? null : { address: resolved, country: full.country, position: null };
        return set.final({ host: asked, port }, at) === (last < 0 ? null : last);
      },
    ),
    { seed: 11, numRuns: 600 },
  );
});

function fill(sink: ListSink, entries: readonly ListEntry[]): void {
  const place = { type: 'list', file: 'list', line: 1 } as const;
  for (const [kind, text] of entries) {
    switch (kind) {
      case 'suffix':
      case 'host':
        sink.addName(Buffer.from(text), 0, text.length, kind);
        break;
      case 'network':
        sink.addNetwork(parseIpNetwork(text) as IpNetwork);
        break;
      case 'keyword':
        sink.addKeyword(text, place);
        break;
      case 'pattern':
        sink.addPattern(text, place);
    }
  }
}
