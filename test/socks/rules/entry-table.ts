import fc from 'fast-check';
import t from 'tap';
import { formatIpNetwork, parseIpNetwork } from '../../../config/ip-network.ts';
import { isFailure } from '../../../config/parse-failure.ts';
import { addressBytes } from '../../../socks/host-text.ts';
import { EntryTableBuilder, type EntryTable } from '../../../socks/rules/entry-table.ts';
import { built } from './fixtures/built.ts';

type Entry = readonly ['suffix' | 'host' | 'network' | 'resolved-network', string, number];

function tableOf(entries: readonly Entry[], seed = 1): EntryTable {
  const builder = new EntryTableBuilder();
  for (const [kind, text, owner] of entries) {
    if (kind === 'suffix' || kind === 'host') {
      const bytes = Buffer.from(`<${text}>`, 'latin1');
      builder.addName(bytes, 1, bytes.length - 1, kind, owner);
    } else {
      const network = parseIpNetwork(text);
      if (isFailure(network)) throw new Error(network.error);
      builder.addNetwork(network, kind, owner);
    }
  }
  return built(builder.build(seed));
}

function ofName(table: EntryTable, name: string): number[] {
  const owners: number[] = [];
  table.findName(name, (owner) => owners.push(owner));
  return owners.toSorted((a, b) => a - b);
}

function ofAddress(table: EntryTable, text: string, kind: 'network' | 'resolved-network' = 'network'): number[] {
  const owners: number[] = [];
  table.findAddress(addressBytes(text)!, kind, (owner) => owners.push(owner));
  return owners.toSorted((a, b) => a - b);
}

t.test('names, with what is below them and without', async (t) => {
  const table = tableOf([
    ['suffix', 'example.com', 1],
    ['host', 'only.example', 2],
    ['suffix', 'example.com', 1],
    ['suffix', 'example.com', 65_535],
    ['host', 'www.example.com', 3],
    ['suffix', 'com', 4],
  ]);
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['example.com', [1, 4, 65_535]],
    ['a.b.example.com', [1, 4, 65_535]],
    ['www.example.com', [1, 3, 4, 65_535]],
    ['notexample.com', [4]],
    ['com', [4]],
    ['only.example', [2]],
    ['www.only.example', []],
    ['', []],
    ['.', []],
    ['.com', [4]],
    ['a'.repeat(256), []],
    ['examp\u016ce.com', []],
  ];
  for (const [name, owners] of cases) t.same(ofName(table, name), owners, name);
  t.same(ofName(tableOf([]), 'example.com'), []);
});

t.test('networks, as asked for and as resolved', async (t) => {
  const table = tableOf([
    ['network', '10.0.0.0/8', 1],
    ['network', '10.1.0.0/16', 2],
    ['network', '0.0.0.0/0', 3],
    ['network', '10.1.2.3/32', 4],
    ['network', '2001:db8::/33', 5],
    ['network', '::/0', 6],
    ['resolved-network', '10.0.0.0/9', 7],
  ]);
  t.same(ofAddress(table, '10.1.2.3'), [1, 2, 3, 4]);
  t.same(ofAddress(table, '10.129.0.0'), [1, 3]);
  t.same(ofAddress(table, '11.0.0.0'), [3]);
  t.same(ofAddress(table, '2001:db8:7fff::1'), [5, 6]);
  t.same(ofAddress(table, '2001:db8:8000::1'), [6]);
  t.same(ofAddress(table, '10.127.0.0', 'resolved-network'), [7]);
  t.same(ofAddress(table, '10.128.0.0', 'resolved-network'), []);
  t.same(ofAddress(table, '::1', 'resolved-network'), []);
});

t.test('names that are no names are not taken', async (t) => {
  const builder = new EntryTableBuilder(5);
  t.throws(() => builder.addName(new Uint8Array(0), 0, 0, 'host', 0), RangeError);
  t.throws(() => builder.addName(new Uint8Array(256), 0, 256, 'host', 0), RangeError);
  builder.addName(new Uint8Array(255).fill(0x61), 0, 255, 'host', 0);
  t.equal(builder.count, 1);
  t.same(ofName(built(builder.build(0)), 'a'.repeat(255)), [0]);
});

t.test('property: a plain search through all names says the same', async () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'c'), { minLength: 1, maxLength: 4 })
    .map((labels) => labels.join('.'));
  const entry = fc.tuple(fc.constantFrom('suffix' as const, 'host' as const), name, fc.nat(3));
  fc.assert(
    fc.property(fc.array(entry), fc.array(name), fc.integer(), (entries, names, seed) => {
      const table = tableOf(entries, seed);
      return names.every((host) => {
        const expected = entries.filter(([kind, of]) => host === of || (kind === 'suffix' && host.endsWith(`.${of}`)));
        return same(ofName(table, host), expected);
      });
    }),
    { seed: 4, numRuns: 500 },
  );
});

t.test('property: a plain comparison of bits says the same of addresses', async () => {
  const v4 = fc.constantFrom('10.0.0.0', '10.0.0.1', '10.128.0.0', '192.0.2.7', '255.255.255.255', '0.0.0.0');
  const v6 = fc.constantFrom('::', '::1', '2001:db8::', '2001:db8:0:8000::', 'ffff::1');
  const network = fc.oneof(fc.tuple(v4, fc.nat(32)), fc.tuple(v6, fc.nat(128))).map(([ip, bits]) => {
    const written = parseIpNetwork(`${ip}/${bits}`);
    return isFailure(written) ? /write (.*)$/.exec(written.error)![1]! : formatIpNetwork(written);
  });
  const entry = fc.tuple(fc.constant('network' as const), network, fc.nat(3));
  fc.assert(
    fc.property(fc.array(entry), fc.oneof(v4, v6), fc.integer(), (entries, ip, seed) => {
      const bitsOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const address = bitsOf(addressBytes(ip)!);
      const expected = entries.filter(([, text]) => {
        const parsed = parseIpNetwork(text);
        if (isFailure(parsed)) throw new Error(parsed.error);
        const bits = bitsOf(parsed.bytes);
        return bits.length === address.length && address.startsWith(bits.slice(0, parsed.prefixBits));
      });
      return same(ofAddress(tableOf(entries, seed), ip), expected);
    }),
    { seed: 5, numRuns: 500 },
  );
});

/** Whether those found are those expected, however often each. */
function same(owners: readonly number[], entries: readonly Entry[]): boolean {
  const unique = (all: readonly number[]) => [...new Set(all)].toSorted((a, b) => a - b).join();
  return unique(owners) === unique(entries.map(([, , owner]) => owner));
}

t.test('many entries come in slices', async (t) => {
  const builder = new EntryTableBuilder();
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(`n${i}.example`);
    builder.addName(bytes, 0, bytes.length, 'suffix', i % 7);
  }
  const slices = builder.build(1);
  let pauses = 0;
  for (;;) {
    const slice = slices.next();
    if (slice.done !== true) {
      pauses++;
      continue;
    }
    for (let i = 0; i < 20_000; i++) if (ofName(slice.value, `www.n${i}.example`)[0] !== i % 7) t.fail(`n${i}`);
    t.same(ofName(slice.value, 'n20000.example'), []);
    break;
  }
  t.equal(pauses, 4);
});
