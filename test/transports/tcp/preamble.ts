import t from 'tap';
import { isPrintable, makePreamble, MAX_PREAMBLE_BYTES, MIN_PREAMBLE_BYTES } from '../../../transports/tcp/preamble.ts';
import { SeededRandom } from '../../fixtures/sim/seeded-random.ts';

t.test('is 8 to 32 printable bytes, and all of both come up', async (t) => {
  const random = new SeededRandom('preamble');
  const lengths = new Set<number>();
  const bytes = new Set<number>();
  for (let count = 0; count < 2_000; count += 1) {
    const preamble = makePreamble(random);
    lengths.add(preamble.length);
    for (const byte of preamble) bytes.add(byte);
  }
  t.strictSame([MIN_PREAMBLE_BYTES, MAX_PREAMBLE_BYTES], [8, 32]);
  t.strictSame([Math.min(...lengths), Math.max(...lengths), lengths.size], [8, 32, 25]);
  t.strictSame([Math.min(...bytes), Math.max(...bytes), bytes.size], [0x20, 0x7e, 95]);
});

t.test('is another one each time', async (t) => {
  const random = new SeededRandom('preamble');
  t.notSame(makePreamble(random), makePreamble(random));
});

t.test('printable is from space to tilde', async (t) => {
  const printable = [...Array(256).keys()].filter(isPrintable);
  t.equal(Buffer.from(printable).toString(), Buffer.from(Array.from({ length: 95 }, (_, i) => 0x20 + i)).toString());
});
