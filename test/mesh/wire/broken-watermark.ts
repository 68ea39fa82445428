import t from 'tap';
import type { Sodium } from '../../../mesh/wire/sodium.ts';
import { LEVEL_2 } from '../../fixtures/wire/golden-headers.ts';
import { fromHex, join, toHex } from '../../fixtures/wire/hex.ts';
import { headerOf } from '../../fixtures/wire/nodes.ts';
import { blake } from '../../fixtures/wire/reference-seal.ts';
import { Bench } from '../../fixtures/wire/sealing.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

/*
 * The watermark as it was first thought of, and why it was given up (PROTOCOL section 1). Three words of 8 bytes are
 * masked with h0, h1 and h0 xor h1, where h0 and h1 come from a keyed hash of the payload's tag; the words are the two
 * of the header and their XOR with a secret, by which the receiver knows its own.
 */

const WORD = 8;

function words(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / WORD }, (_, i) => bytes.slice(WORD * i, WORD * (i + 1)));
}

function xor(...parts: readonly Uint8Array[]): Uint8Array {
  return parts.reduce((sum, part) => sum.map((byte, i) => byte ^ part[i]!));
}

class BrokenWatermark {
  readonly #sodium: Sodium;
  readonly #key = seededBytes(1, 32);
  readonly #secret = seededBytes(2, WORD);

  constructor(sodium: Sodium) {
    this.#sodium = sodium;
  }

  seal(header: Uint8Array, tag: Uint8Array): Uint8Array {
    const [first, second] = words(header) as [Uint8Array, Uint8Array];
    return join(...this.#mask(join(first, second, xor(first, second, this.#secret)), tag));
  }

  open(message: Uint8Array, tag: Uint8Array): Uint8Array | null {
    const [first, second, check] = this.#mask(message, tag) as [Uint8Array, Uint8Array, Uint8Array];
    return toHex(xor(first, second, this.#secret)) === toHex(check) ? join(first, second) : null;
  }

  #mask(bytes: Uint8Array, tag: Uint8Array): Uint8Array[] {
    const [h0, h1] = words(blake(this.#sodium, 16, this.#key, tag)) as [Uint8Array, Uint8Array];
    const masks = [h0, h1, xor(h0, h1)];
    return words(bytes).map((word, i) => xor(word, masks[i]!));
  }
}

for (const sodium of sodiums) {
  t.test(`${sodium.name}: three masks that cancel let chosen bits of a header be flipped`, async (t) => {
    const broken = new BrokenWatermark(sodium);
    const [header, tag] = [fromHex('12080709c82a0005 65432100f9010007'), seededBytes(3, 16)];
    const message = broken.seal(header, tag);
    t.strictSame(broken.open(message, tag), header);

    // A bit in one header word and in the check word: the origin becomes 6, and nobody notices.
    const forged = message.slice();
    forged[2]! ^= 1;
    forged[2 * WORD + 2]! ^= 1;
    t.equal(toHex(broken.open(forged, tag) ?? new Uint8Array(0)), '12080609c82a000565432100f9010007');
    let accepted = 0;
    for (const flipped of pairFlips(message)) if (broken.open(flipped, tag) !== null) accepted++;
    t.equal(accepted, 3 * 64, 'the same bit of any two words');

    // And without any key, a sum that is the same in every message: whoever looks on recognises the mesh.
    const sums = [4, 5, 6].map((seed) =>
      toHex(xor(...words(broken.seal(seededBytes(seed, 16), seededBytes(seed, 9))))),
    );
    t.equal(new Set(sums).size, 1);
  });

  t.test(`${sodium.name}: the same on the sealed message fails`, async (t) => {
    const bench = new Bench(sodium);
    const sent = bench.seal(headerOf({ ...LEVEL_2, wasteBytes: 0 }), seededBytes(7, 16));
    for (const message of [sent, bench.forward(sent, 5, 0)]) {
      t.not(bench.open(message), null);
      for (const flipped of pairFlips(message.subarray(0, 64))) {
        if (bench.opener.measure(flipped, 0, bench.ring) !== 0) t.fail('a header with two flipped bits was accepted');
      }
      for (const flipped of tripleFlips(message.subarray(0, 64))) {
        if (bench.opener.measure(flipped, 0, bench.ring) !== 0) t.fail('a header with three flipped bits was accepted');
      }
    }

    // No sum of words of the 64 bytes stays the same from message to message, nor follows the header.
    const seals = [0, 1, 2, 3].map((packetNumber) =>
      words(bench.seal(headerOf({ ...LEVEL_2, packetNumber }), new Uint8Array(0)).subarray(0, 64)),
    );
    for (let subset = 1; subset < 256; subset++) {
      const sums = seals.map((all) => xor(new Uint8Array(WORD), ...all.filter((_, i) => (subset >> i) & 1)));
      const differences = sums.slice(1).map((sum) => toHex(xor(sum, sums[0]!)));
      if (new Set(differences).size !== 3 || differences.some((hex) => hex.includes('00000000'))) {
        t.fail(`words ${subset.toString(2)} have a sum that can be told: ${differences.join(' ')}`);
      }
    }
  });
}

/** The same bit flipped in every two words. */
function* pairFlips(message: Uint8Array): Generator<Uint8Array> {
  for (const [a, b] of combinations(message.length / WORD)) yield* flips(message, [a, b]);
}

/** The same bit flipped in every three words: their XOR with the third mask's sum is what it was. */
function* tripleFlips(message: Uint8Array): Generator<Uint8Array> {
  const count = message.length / WORD;
  for (const [a, b] of combinations(count)) for (let c = b + 1; c < count; c++) yield* flips(message, [a, b, c]);
}

function* combinations(count: number): Generator<readonly [number, number]> {
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) yield [a, b];
}

function* flips(message: Uint8Array, places: readonly number[]): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * WORD; bit++) {
    const out = message.slice();
    for (const place of places) out[WORD * place + (bit >> 3)]! ^= 1 << (bit & 7);
    yield out;
  }
}
