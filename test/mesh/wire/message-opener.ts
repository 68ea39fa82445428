import fc from 'fast-check';
import t from 'tap';
import { Header } from '../../../mesh/wire/header.ts';
import { KeyRing } from '../../../mesh/wire/key-ring.ts';
import { MessageOpener } from '../../../mesh/wire/message-opener.ts';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { LEVEL_0, LEVEL_2 } from '../../fixtures/wire/golden-headers.ts';
import { vectors } from '../../fixtures/wire/golden-vectors.ts';
import { flipBit, fromHex, join, toHex } from '../../fixtures/wire/hex.ts';
import { headerOf } from '../../fixtures/wire/nodes.ts';
import { Bench } from '../../fixtures/wire/sealing.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

const PAYLOAD = seededBytes(5, 23);

for (const sodium of sodiums) {
  const bench = new Bench(sodium);

  /** The same message as it arrives at each hop; 7 bytes of waste. */
  const sent = bench.seal(headerOf({ ...LEVEL_2, wasteBytes: 7 }), PAYLOAD);
  const relayed = bench.forward(sent, 5, 7);
  const hops = [sent, relayed, bench.forward(relayed, 9, 7)];

  t.test(`${sodium.name}: golden vectors open, at any offset, and stay as they were`, async (t) => {
    for (const [name, fields, payload] of [
      ['level 0: message', LEVEL_0, vectors['level 0: payload']],
      ['level 2, hop 0: message', LEVEL_2, vectors['level 2: payload']],
      [
        'level 2, hop 1: message',
        { ...LEVEL_2, hopIndex: 1, wasteBytes: 0, relay1Tick: 3 },
        vectors['level 2: payload'],
      ],
      [
        'level 2, hop 2: message',
        { ...LEVEL_2, hopIndex: 2, wasteBytes: 2, relay1Tick: 3, relay2Tick: 254 },
        vectors['level 2: payload'],
      ],
    ] as const) {
      const message = fromHex(vectors[name]);
      const bytes = join(new Uint8Array(11), message, new Uint8Array(4));
      const header = new Header();
      t.equal(bench.opener.openHeader(bytes, 11, bench.ring, header), bench.network, name);
      t.strictSame(header, headerOf(fields));
      const out = new Uint8Array(20).fill(0xee);
      t.equal(bench.opener.openPayload(bytes, 11, header, bench.network, bench.keyFor(header), out), true);
      t.equal(toHex(out), payload + 'ee'.repeat(11));
      t.equal(bench.opener.measure(bytes, 11, bench.ring), message.length);
      t.equal(toHex(bytes), '00'.repeat(11) + toHex(message) + '00000000', 'the input is as it was');
    }
  });

  t.test(`${sodium.name}: every bit of a message counts but those of the waste`, async (t) => {
    for (const [hop, message] of hops.entries()) {
      const wasteStart = 8 * (message.length - 7);
      for (let bit = 0; bit < 8 * message.length; bit++) {
        const opened = bench.open(flipBit(message, bit));
        if ((opened !== null) !== bit >= wasteStart) t.fail(`bit ${bit} at hop ${hop}`);
        if (bit < 512 && bench.opener.measure(flipBit(message, bit), 0, bench.ring) !== 0)
          t.fail(`bit ${bit} measured`);
      }
      t.strictSame(bench.open(message), PAYLOAD, `hop ${hop}`);
    }
  });

  t.test(`${sodium.name}: every truncation is rejected; 64 bytes tell the length`, async (t) => {
    for (const message of hops) {
      for (let count = 0; count < message.length; count++) {
        const cut = message.subarray(0, count);
        if (bench.open(cut) !== null) t.fail(`${count} bytes`);
        t.equal(bench.opener.measure(cut, 0, bench.ring), count < 64 ? 0 : message.length);
      }
      for (let offset = 1; offset <= message.length; offset++) {
        if (
          bench.opener.measure(join(message, message), offset, bench.ring) !==
          (offset === message.length ? message.length : 0)
        ) {
          t.fail(`a message begins ${offset} bytes into another`);
        }
      }
    }
  });

  t.test(`${sodium.name}: garbage is rejected, whatever it is`, async (t) => {
    const header = new Header();
    const isNothing = (bytes: Uint8Array): boolean => bench.opener.openHeader(bytes, 0, bench.ring, header) === null;
    for (let seed = 0; seed < 5000; seed++) if (!isNothing(seededBytes(seed, 100))) t.fail(`seed ${seed}`);
    for (const byte of [0, 0x10, 0x12, 0xff]) t.ok(isNothing(new Uint8Array(200).fill(byte)));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), isNothing), { seed: 6, numRuns: 500 });
  });

  t.test(`${sodium.name}: header, tag and payload of different messages don't go together`, async (t) => {
    const other = bench.seal(headerOf({ ...LEVEL_2, wasteBytes: 7, packetNumber: 9 }), seededBytes(6, 23));
    const otherRelayed = bench.forward(other, 5, 7);
    for (const [one, two] of [
      [sent, other],
      [relayed, otherRelayed],
      [sent, relayed],
      [relayed, hops[2]!],
      [hops[2]!, sent],
    ] as const) {
      for (const [a, b] of [
        [one, two],
        [two, one],
      ] as const) {
        for (const at of [16, 48, 64, 80])
          t.equal(bench.open(join(a.subarray(0, at), b.subarray(at))), null, `cut at ${at}`);
        t.equal(bench.open(join(a.subarray(0, 16), b.subarray(16, 48), a.subarray(48))), null, 'C alone');
        t.equal(bench.open(join(a.subarray(0, 48), b.subarray(48, 64), a.subarray(64))), null, 'T alone');
      }
    }
  });

  t.test(`${sodium.name}: a wrong network key, level or payload key`, async (t) => {
    const foreign = new KeyRing(new NetworkKeys(sodium, seededBytes(8, 32)));
    for (const message of hops) {
      t.equal(bench.open(message, foreign), null, 'another network');
      t.equal(bench.opener.measure(message, 0, foreign), 0);
      t.equal(bench.open(message, bench.ring, bench.network.bootstrap), null, 'as if it were level 0');
      t.equal(bench.open(message, bench.ring, fromHex(vectors['traffic key from 42'])), null, 'the other direction');
    }
    const level0 = fromHex(vectors['level 0: message']);
    t.not(bench.open(level0), null);
    t.equal(bench.open(level0, bench.ring, bench.trafficKey), null, 'as if it were level 2');

    // The same network key with another watermark key or mask key: each alone is enough to be somebody else's.
    for (const part of ['watermark', 'mask', 'blind'] as const) {
      const changed = new NetworkKeys(sodium, bench.network.key);
      changed[part].set(seededBytes(9, 32));
      t.equal(bench.open(relayed, new KeyRing(changed)), null, part);
    }
  });

  t.test(`${sodium.name}: two network keys during a change, and which of them it was`, async (t) => {
    const next = new NetworkKeys(sodium, seededBytes(8, 32));
    const ring = new KeyRing(bench.network);
    ring.add(next);
    const header = new Header();
    for (const message of hops) {
      t.equal(bench.opener.openHeader(message, 0, ring, header), bench.network);
      t.strictSame(bench.open(message, ring), PAYLOAD);
    }
    const out = new Uint8Array(64 + PAYLOAD.length);
    const fields = headerOf({ ...LEVEL_2, wasteBytes: 0, payloadBytes: PAYLOAD.length });
    bench.sealer.seal(out, 0, fields, next, bench.trafficKey);
    t.equal(bench.opener.openHeader(out, 0, ring, header), next);
    t.equal(bench.opener.openHeader(out, 0, bench.ring, header), null);
    ring.dropOlder();
    t.equal(bench.opener.openHeader(sent, 0, ring, header), null);
  });

  t.test(`${sodium.name}: in its own place, and interleaved with others`, async (t) => {
    for (const message of hops) {
      const bytes = message.slice();
      const header = new Header();
      const network = bench.opener.openHeader(bytes, 0, bench.ring, header);
      t.equal(network, bench.network);
      // Another message and another opener in between: nothing may depend on the order.
      new MessageOpener(sodium).openHeader(hops[2]!, 0, bench.ring, new Header());
      bench.open(fromHex(vectors['level 0: message']));
      bench.seal(LEVEL_2, seededBytes(1, 50));
      const place = bytes.subarray(64, 64 + PAYLOAD.length);
      t.equal(bench.opener.openPayload(bytes, 0, header, bench.network, bench.trafficKey, place), true);
      t.strictSame(place, PAYLOAD);
    }
  });

  t.test(`${sodium.name}: unknown types and flags are measured and relayed, not opened`, async (t) => {
    for (const fields of [{ type: 0 }, { type: 2 }, { type: 31 }, { flags: 1 }, { flags: 4 }]) {
      const message = bench.seal(headerOf({ ...LEVEL_2, ...fields }), PAYLOAD);
      t.equal(bench.opener.measure(message, 0, bench.ring), message.length);
      t.equal(bench.open(message), null);
      t.equal(bench.open(bench.forward(message, 1, 0)), null);
    }
  });

  t.test(`${sodium.name}: bits are balanced at every place, before and after a relay`, async (t) => {
    const messages = 10_000;
    const bytes = 64 + 16;
    const ones = [new Uint32Array(8 * bytes), new Uint32Array(8 * bytes)];
    const header = headerOf({ ...LEVEL_2, relay2: 0, wasteBytes: 0, payloadBytes: 16 });
    const opened = new Header();
    const [out, forwarded] = [new Uint8Array(bytes), new Uint8Array(bytes)];
    for (let packetNumber = 0; packetNumber < messages; packetNumber++) {
      // Nothing but the packet number changes, and the payload is zeros.
      header.packetNumber = packetNumber;
      out.fill(0, 64);
      bench.sealer.seal(out, 0, header, bench.network, bench.trafficKey);
      bench.opener.openHeader(out, 0, bench.ring, opened);
      bench.sealer.forward(forwarded, 0, out, 0, opened, bench.network, 0, 0);
      for (const [hop, message] of [out, forwarded].entries()) {
        const counts = ones[hop]!;
        for (let bit = 0; bit < 8 * bytes; bit++) counts[bit]! += (message[bit >> 3]! >> (bit & 7)) & 1;
      }
    }
    const fiveSigma = (5 * Math.sqrt(messages)) / 2;
    for (const [hop, counts] of ones.entries()) {
      const worst = counts.reduce((most, count) => Math.max(most, Math.abs(count - messages / 2)), 0);
      t.ok(worst < fiveSigma, `hop ${hop}: at most ${worst} of ${fiveSigma} away from half of ${messages}`);
    }
  });
}

t.test('a buffer that is too short for the payload throws', async (t) => {
  const bench = new Bench(sodiums[0]!);
  const message = bench.seal(LEVEL_2, PAYLOAD);
  const header = new Header();
  bench.opener.openHeader(message, 0, bench.ring, header);
  const out = new Uint8Array(PAYLOAD.length - 1);
  t.throws(() => bench.opener.openPayload(message, 0, header, bench.network, bench.trafficKey, out), RangeError);
});
