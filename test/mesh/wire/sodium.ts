import fc from 'fast-check';
import t from 'tap';
import { KEY_BYTES, SIGNATURE_BYTES } from '../../../mesh/wire/sodium.ts';
import type { Sodium } from '../../../mesh/wire/sodium.ts';
import { toHex } from '../../fixtures/wire/hex.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

const bytes = (count: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: count, maxLength: count });

/** Everything the port computes from one set of inputs. */
function allOf(sodium: Sodium, input: Uint8Array, aad: Uint8Array, nonce: Uint8Array, key: Uint8Array): string[] {
  const [hash, keyed] = [new Uint8Array(16 + (input.length % 49)), new Uint8Array(32)];
  sodium.hash(hash, input, null);
  sodium.hash(keyed, input, key);
  const [cipher, tag, plain] = [new Uint8Array(input.length), new Uint8Array(16), new Uint8Array(input.length)];
  sodium.aeadSeal(cipher, tag, input, aad, nonce, key);
  const opened = sodium.aeadOpen(plain, cipher, tag, aad, nonce, key);
  const stream = new Uint8Array(input.length);
  sodium.xorStream(stream, input, nonce, key);
  const sign = sodium.signKeyPair(key);
  const signature = sodium.sign(input, sign.secretKey);
  const staticSecret = sodium.x25519FromSignSecret(sign.secretKey);
  const pair = sodium.x25519KeyPair(staticSecret);
  const texts = [hash, keyed, cipher, tag, plain, stream, sign.publicKey, sign.secretKey, signature].map(toHex);
  const shared = [pair.publicKey, key].map((publicKey) => sodium.scalarMult(staticSecret, publicKey) ?? NONE);
  // `key` as a public key: about half of all byte strings are no point, and both must agree on which.
  const converted = [sign.publicKey, key].map((publicKey) => sodium.x25519FromSignPublic(publicKey) ?? NONE);
  const flags = [opened, sodium.verify(signature, input, sign.publicKey), sodium.equal(plain, input)];
  return [...texts, ...[...shared, ...converted, staticSecret].map(toHex), ...flags.map(String)];
}

const NONE = new Uint8Array(0);

t.test('all libraries give the same bytes', async (t) => {
  const [first, ...others] = sodiums;
  t.ok(first);
  const property = fc.property(
    fc.uint8Array({ maxLength: 2000 }),
    fc.uint8Array({ maxLength: 64 }),
    bytes(24),
    bytes(32),
    (input, aad, nonce, key) => {
      const expected = allOf(first!, input, aad, nonce, key);
      return (
        expected.slice(-3).every((flag) => flag === 'true') &&
        others.every((sodium) => allOf(sodium, input, aad, nonce, key).join() === expected.join())
      );
    },
  );
  fc.assert(property, { seed: 5, numRuns: 100 });
});

t.test('the lengths both sides of the port rely on', async (t) => {
  for (const sodium of sodiums) {
    const { publicKey, secretKey } = sodium.signKeyPair(new Uint8Array(KEY_BYTES));
    t.equal(publicKey.length, KEY_BYTES);
    t.equal(sodium.sign(new Uint8Array(0), secretKey).length, SIGNATURE_BYTES);
  }
});
