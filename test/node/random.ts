import t from 'tap';
import { randomBytesOf, systemRandom } from '../../node/random.ts';

t.test('all of the bytes are random, also those of a view, and none around it', (t) => {
  const bytes = new Uint8Array(3_000);
  systemRandom.fill(bytes.subarray(1_000, 2_000));
  t.ok(new Set(bytes.subarray(1_000, 2_000)).size > 200);
  t.ok(bytes.subarray(0, 1_000).every((byte) => byte === 0));
  t.ok(bytes.subarray(2_000).every((byte) => byte === 0));
  t.end();
});

t.test('fresh bytes are of the source that was given', (t) => {
  t.same(randomBytesOf({ fill: (out) => out.fill(7) }, 3), Uint8Array.of(7, 7, 7));
  t.notSame(randomBytesOf(systemRandom, 32), randomBytesOf(systemRandom, 32));
  t.end();
});
