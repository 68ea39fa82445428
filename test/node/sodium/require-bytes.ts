import t from 'tap';
import { requireAeadBytes, requireBytes, requireHashBytes } from '../../../node/sodium/require-bytes.ts';

const of = (bytes: number): Uint8Array => new Uint8Array(bytes);

t.test('lengths that are right pass', async (t) => {
  requireBytes(of(32), 32, 'key');
  requireHashBytes(of(16), null);
  requireHashBytes(of(64), of(64));
  requireAeadBytes(of(5), of(16), of(5), of(64), of(24), of(32));
  requireAeadBytes(of(0), of(16), of(0), of(0), of(24), of(32));
  t.pass();
});

t.test('any other is named', async (t) => {
  t.throws(() => requireBytes(of(31), 32, 'key'), { name: 'RangeError', message: 'key must have 32 bytes, not 31' });
  for (const bytes of [15, 65]) {
    t.throws(() => requireHashBytes(of(bytes), null), { message: `a hash has 16 to 64 bytes, not ${bytes}` });
    t.throws(() => requireHashBytes(of(32), of(bytes)), { message: `a hash key has 16 to 64 bytes, not ${bytes}` });
  }
  const aead = (...[out, tag, input, aad, nonce, key]: [number, number, number, number, number, number]) =>
    requireAeadBytes(of(out), of(tag), of(input), of(aad), of(nonce), of(key));
  t.throws(() => aead(4, 16, 5, 0, 24, 32), { message: /^output/ });
  t.throws(() => aead(5, 17, 5, 0, 24, 32), { message: /^tag/ });
  t.throws(() => aead(5, 16, 5, 65, 24, 32), { message: /^associated data/ });
  t.throws(() => aead(5, 16, 5, 0, 12, 32), { message: /^nonce/ });
  t.throws(() => aead(5, 16, 5, 0, 24, 16), { message: /^key/ });
});
