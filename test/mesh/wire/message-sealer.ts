import t from 'tap';
import type { RandomSource } from '../../../mesh/random-source.ts';
import { Header, writeHeader } from '../../../mesh/wire/header.ts';
import type { HopIndex } from '../../../mesh/wire/header.ts';
import { MessageSealer } from '../../../mesh/wire/message-sealer.ts';
import { LEVEL_0, LEVEL_2 } from '../../fixtures/wire/golden-headers.ts';
import { vectors } from '../../fixtures/wire/golden-vectors.ts';
import { fromHex, join, toHex } from '../../fixtures/wire/hex.ts';
import { headerOf, nodeId } from '../../fixtures/wire/nodes.ts';
import { referenceSeal } from '../../fixtures/wire/reference-seal.ts';
import { Bench } from '../../fixtures/wire/sealing.ts';
import { seededBytes, seededRandom } from '../../fixtures/wire/seeded-bytes.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

/** A source whose first bytes are given. */
function startingWith(hex: string): RandomSource {
  return { fill: (out) => out.set(fromHex(hex)) };
}

/** H of the message at a hop index, in hex. */
function headerAt(header: Header): Uint8Array {
  const out = new Uint8Array(32);
  writeHeader(header, out);
  return out;
}

for (const sodium of sodiums) {
  const bench = new Bench(sodium);

  t.test(`${sodium.name}: golden vectors, sealed at an offset and in place`, async (t) => {
    for (const [name, header] of [
      ['level 0', LEVEL_0],
      ['level 2, hop 0', LEVEL_2],
    ] as const) {
      const sealer = new MessageSealer(sodium, startingWith(vectors[`${name}: waste`]));
      const payload = vectors[header === LEVEL_0 ? 'level 0: payload' : 'level 2: payload'];
      const out = new Uint8Array(200).fill(0xee);
      out.set(fromHex(payload), 10 + 64);
      const bytes = sealer.seal(out, 10, header, bench.network, bench.keyFor(header));
      const hex = vectors[`${name}: message`];
      t.equal(bytes, hex.length / 2);
      t.equal(toHex(out), 'ee'.repeat(10) + hex + 'ee'.repeat(190 - bytes), name);
    }
  });

  t.test(`${sodium.name}: golden vectors of both relays`, async (t) => {
    let message = fromHex(vectors['level 2, hop 0: message']);
    for (const [hop, tick] of [
      [1, 3],
      [2, 254],
    ] as const) {
      const waste = vectors[`level 2, hop ${hop}: waste`];
      const sealer = new MessageSealer(sodium, startingWith(waste));
      const header = new Header();
      const input = join(new Uint8Array(3), message);
      t.equal(bench.opener.openHeader(input, 3, bench.ring, header), bench.network);
      const out = new Uint8Array(200).fill(0xee);
      const before = Object.assign(new Header(), header);
      const bytes = sealer.forward(out, 5, input, 3, header, bench.network, tick, waste.length / 2);
      const hex = vectors[`level 2, hop ${hop}: message`];
      t.equal(toHex(out), 'ee'.repeat(5) + hex + 'ee'.repeat(195 - bytes), `hop ${hop}`);
      t.equal(toHex(input), '000000' + toHex(message), 'the input is as it was');
      t.strictSame(header, before, 'and so is the header');
      message = fromHex(hex);
    }
    const header = new Header();
    bench.opener.openHeader(message, 0, bench.ring, header);
    const out = new Uint8Array(200);
    t.equal(bench.sealer.forward(out, 0, message, 0, header, bench.network, 0, 0), 0, 'no relay is left');
    t.equal(toHex(out), '00'.repeat(200));
  });

  t.test(`${sodium.name}: the same as the reference, whatever the sizes`, async (t) => {
    for (const payloadBytes of [0, 1, 15, 16, 48, 63, 64, 65, 1168, 65_535]) {
      for (const wasteBytes of [0, 1, 255]) {
        const payload = seededBytes(payloadBytes, payloadBytes);
        const header = headerOf({ ...LEVEL_2, payloadBytes, wasteBytes });
        let message = bench.seal(header, payload);
        for (const hopIndex of [0, 1, 2] as const satisfies readonly HopIndex[]) {
          if (hopIndex > 0) message = bench.forward(message, hopIndex, wasteBytes);
          const relay1Tick = hopIndex > 0 ? 1 : 255;
          const h = headerAt(headerOf({ ...header, hopIndex, relay1Tick, relay2Tick: hopIndex > 1 ? 2 : 255 }));
          const expected = referenceSeal(sodium, bench.network.key, bench.trafficKey, h, payload, new Uint8Array(0));
          const bytes = 64 + payloadBytes;
          const where = `${payloadBytes} + ${wasteBytes} at hop ${hopIndex}`;
          t.ok(sodium.equal(message.subarray(0, bytes), expected.subarray(0, bytes)), where);
          t.equal(message.length, bytes + wasteBytes);
        }
        t.equal(toHex(bench.open(message) ?? new Uint8Array(1)), toHex(payload), 'and it opens after both relays');
      }
    }
  });

  t.test(`${sodium.name}: the nonce covers what the page says, and nothing else`, async (t) => {
    // Zeros as payload show the key stream. It must differ exactly where the nonce does.
    const streamOf = (fields: Partial<Header>): string =>
      toHex(bench.seal(headerOf({ ...LEVEL_2, ...fields }), new Uint8Array(40)).subarray(64, 104));
    const tagOf = (fields: Partial<Header>): string =>
      toHex(bench.seal(headerOf({ ...LEVEL_2, ...fields }), new Uint8Array(40)).subarray(48, 64));
    const covered: readonly Partial<Header>[] = [
      { type: 2 },
      { flags: 1 },
      { origin: nodeId(8) },
      { relay1: nodeId(10) },
      { relay2: nodeId(201) },
      { destination: nodeId(43) },
      { timeSeconds: 0x65432101 },
      { timeSeconds: 0xe5432100 },
      { tick: 248 },
      { pathId: 2 },
      { packetNumber: LEVEL_2.packetNumber + 1 },
      { packetNumber: LEVEL_2.packetNumber + 2 ** 32 },
      { packetNumber: LEVEL_2.packetNumber + 2 ** 40 },
      { session: LEVEL_2.session + 1 },
      { session: LEVEL_2.session + 2 ** 24 },
    ];
    const streams = covered.map(streamOf);
    t.equal(new Set([streamOf({}), ...streams]).size, covered.length + 1);
    const associated: readonly Partial<Header>[] = [{ originKeyId: 1 }, { destinationKeyId: 1 }];
    for (const fields of associated) {
      t.equal(streamOf(fields), streamOf({}));
      t.not(tagOf(fields), tagOf({}), 'authenticated all the same');
    }
    const changedByRelays: readonly Partial<Header>[] = [{ wasteBytes: 1 }, { relay1Tick: 1 }, { relay2Tick: 1 }];
    for (const fields of changedByRelays) {
      t.equal(streamOf(fields), streamOf({}));
      t.equal(tagOf(fields), tagOf({}), 'the payload does not depend on what relays change');
    }
  });

  t.test(`${sodium.name}: over two relays, no bytes are shared between the hops`, async (t) => {
    const payload = seededBytes(77, 1152);
    const sent = bench.seal(headerOf({ ...LEVEL_2, wasteBytes: 16 }), payload);
    const second = bench.forward(sent, 5, 16);
    const third = bench.forward(second, 9, 16);
    const again = bench.forward(sent, 6, 16);
    const hops = [sent, second, third, again];
    for (const [i, one] of hops.entries()) {
      for (const other of hops.slice(i + 1)) {
        t.equal(longestCommonRun(one, other) < 5, true, 'five bytes in common by chance: about once in 700,000 pairs');
        const same = one.reduce((count, byte, at) => count + (byte === other[at] ? 1 : 0), 0);
        t.ok(same < 20, `${same} of 1,232 bytes are the same at the same place; 4.8 by chance`);
      }
    }
    t.strictSame(bench.open(third), payload);
    const header = new Header();
    t.equal(bench.opener.openHeader(third, 0, bench.ring, header), bench.network);
    t.match(header, { hopIndex: 2, relay1Tick: 5, relay2Tick: 9, wasteBytes: 16, tick: LEVEL_2.tick });
  });

  t.test(`${sodium.name}: relays can't read the payload`, async (t) => {
    // A relay has the network key and traffic keys of its own with everybody, but not this pair's.
    const message = bench.forward(bench.seal(LEVEL_2, seededBytes(3, 100)), 5, 16);
    const { watermark, mask, blind, bootstrap, key } = bench.network;
    const others = ['pair key', 'traffic key from 42'] as const;
    for (const wrong of [watermark, mask, blind, bootstrap, key, ...others.map((name) => fromHex(vectors[name]))]) {
      t.equal(bench.open(message, bench.ring, wrong), null);
    }
    t.not(bench.open(message), null);
  });
}

/** How many bytes the longest run has that occurs in both, at any place. */
function longestCommonRun(a: Uint8Array, b: Uint8Array): number {
  for (let run = 3; ; run++) {
    const seen = new Set<string>();
    for (let at = 0; at + run <= a.length; at++) seen.add(a.subarray(at, at + run).join());
    let isCommon = false;
    for (let at = 0; at + run <= b.length; at++) isCommon ||= seen.has(b.subarray(at, at + run).join());
    if (!isCommon) return run - 1;
  }
}

t.test('what may not be sealed throws and writes nothing', async (t) => {
  const bench = new Bench(sodiums[0]!);
  const out = new Uint8Array(200);
  for (const fields of [
    { hopIndex: 1 },
    { packetNumber: 2 ** 48 },
    { packetNumber: 1.5 },
    { payloadBytes: 65_536 },
    { wasteBytes: 256 },
    { origin: 0 },
    { destination: 0 },
    { originKeyId: 0 },
  ] as const) {
    const header = headerOf({ ...LEVEL_2, ...fields });
    t.throws(
      () => bench.sealer.seal(out, 0, header, bench.network, bench.trafficKey),
      RangeError,
      JSON.stringify(fields),
    );
  }
  const bytes = 64 + LEVEL_2.payloadBytes + LEVEL_2.wasteBytes;
  for (const offset of [1, 200]) {
    const short = out.subarray(0, bytes);
    t.throws(() => bench.sealer.seal(short, offset, LEVEL_2, bench.network, bench.trafficKey), RangeError);
  }
  t.equal(toHex(out), '00'.repeat(200));
  t.equal(bench.sealer.seal(out.subarray(0, bytes), 0, LEVEL_2, bench.network, bench.trafficKey), bytes);
});

t.test('what cannot be forwarded', async (t) => {
  const bench = new Bench(sodiums[0]!);
  const message = bench.seal(headerOf({ ...LEVEL_2, wasteBytes: 5 }), seededBytes(1, 20));
  const header = new Header();
  const out = new Uint8Array(200);
  const forward = (bytes: Uint8Array, tick = 0, wasteBytes = 0, room = out): number =>
    bench.sealer.forward(room, 0, bytes, 0, header, bench.network, tick, wasteBytes);
  bench.opener.openHeader(message, 0, bench.ring, header);
  for (let count = 0; count < message.length; count++) t.equal(forward(message.subarray(0, count)), 0);
  t.throws(() => forward(message, 256), RangeError);
  t.throws(() => forward(message, 0, 256), RangeError);
  t.throws(() => forward(message, 0, 0, out.subarray(0, 83)), RangeError);
  t.equal(forward(message, 0, 0, out.subarray(0, 84)), 84);

  const direct = bench.seal(headerOf({ ...LEVEL_2, relay1: 0, relay2: 0 }), seededBytes(1, 20));
  bench.opener.openHeader(direct, 0, bench.ring, header);
  t.equal(forward(direct), 0, 'a message without relays');
});

t.test('waste is drawn anew for every message, and from the source only', async (t) => {
  const bench = new Bench(sodiums[0]!);
  const sealer = new MessageSealer(bench.sodium, seededRandom(9));
  const wastes = new Set<string>();
  const out = new Uint8Array(64 + 255);
  for (let packetNumber = 0; packetNumber < 100; packetNumber++) {
    const header = headerOf({ ...LEVEL_2, payloadBytes: 0, wasteBytes: 8 + packetNumber, packetNumber });
    sealer.seal(out, 0, header, bench.network, bench.trafficKey);
    const waste = toHex(out.subarray(64, 72 + packetNumber));
    wastes.add(waste.slice(0, 16));
    t.not(waste.slice(-16), '00'.repeat(8));
  }
  t.equal(wastes.size, 100);
});
