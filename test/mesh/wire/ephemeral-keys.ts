import t from 'tap';
import type { RandomSource } from '../../../mesh/random-source.ts';
import { EphemeralKeys, ERASE_KEY_AFTER_MS, keyIdOf, NEW_KEY_AFTER_MS } from '../../../mesh/wire/ephemeral-keys.ts';
import type { Sodium } from '../../../mesh/wire/sodium.ts';
import { vectors } from '../../fixtures/wire/golden-vectors.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';
import { seededRandom } from '../../fixtures/wire/seeded-bytes.ts';
import { sodium, sodiums } from '../../fixtures/wire/sodiums.ts';

const MINUTE = 60_000;
const ZEROS = '00'.repeat(32);

t.test('key ids of the golden vectors', async (t) => {
  for (const each of sodiums) {
    for (const node of [7, 42] as const) {
      const { publicKey } = each.x25519KeyPair(fromHex(vectors[`node ${node}: E, secret`]));
      t.equal(toHex(publicKey), vectors[`node ${node}: E`]);
      t.equal(keyIdOf(each, publicKey), Number.parseInt(vectors[`node ${node}: key id of E`], 16));
    }
  }
});

t.test('a key id of 0 becomes 1', async (t) => {
  const zeros: Sodium = Object.create(sodium, { hash: { value: (out: Uint8Array) => out.fill(0) } });
  t.equal(keyIdOf(zeros, new Uint8Array(32)), 1);
});

t.test('one at the start, one each hour, each erased after 100 minutes', async (t) => {
  const start = 5_000_000;
  const keys = new EphemeralKeys(sodium, seededRandom(1), start);
  const first = keys.current;
  t.equal(toHex(sodium.x25519KeyPair(first.secretKey).publicKey), toHex(first.publicKey));
  t.equal(first.id, keyIdOf(sodium, first.publicKey));
  t.equal(keys.byId(first.id), first);
  t.equal(keys.wakeAtMs, start + 60 * MINUTE);
  t.equal(keys.tick(start + 60 * MINUTE - 1), false);
  t.equal(keys.current, first);

  t.equal(keys.tick(start + 60 * MINUTE), true);
  const second = keys.current;
  t.not(second, first);
  t.not(toHex(second.publicKey), toHex(first.publicKey));
  t.equal(keys.byId(first.id), first, 'still good for what is on its way');
  t.equal(keys.live.length, 2);
  t.equal(keys.wakeAtMs, start + 100 * MINUTE);
  t.equal(keys.tick(start + 100 * MINUTE - 1), false);
  t.equal(first.erased, false);

  const firstId = first.id;
  t.equal(keys.tick(start + 100 * MINUTE), true);
  t.equal(first.erased, true);
  t.equal(toHex(first.secretKey), ZEROS);
  t.equal(keys.byId(firstId), null);
  t.equal(keys.live.length, 1);
  t.equal(keys.current, second);
  t.equal(keys.wakeAtMs, start + 120 * MINUTE);
});

t.test('woken at wakeAtMs for a week, there are never more than two, none too old', async (t) => {
  const keys = new EphemeralKeys(sodium, seededRandom(2), 0);
  const madeAt = new Map([[keys.current, 0]]);
  for (let nowMs = 0; nowMs < 7 * 24 * 60 * MINUTE; nowMs = keys.wakeAtMs) {
    t.equal(keys.tick(nowMs), nowMs > 0, 'woken for nothing but at the start');
    if (!madeAt.has(keys.current)) madeAt.set(keys.current, nowMs);
    for (const [key, atMs] of madeAt) {
      if (key.erased !== nowMs - atMs >= ERASE_KEY_AFTER_MS) t.fail('erased too early or too late');
      if (key.erased !== (toHex(key.secretKey) === ZEROS)) t.fail('erased, or only called so');
    }
    t.ok(keys.live.length <= 2);
    t.ok(keys.wakeAtMs > nowMs);
  }
  t.equal(madeAt.size, (7 * 24 * 60 * MINUTE) / NEW_KEY_AFTER_MS);
});

t.test('waking from a sleep', async (t) => {
  for (const [name, nowMs, sleptMs] of [
    ['a clock that went on', 101 * MINUTE, 0],
    ['a clock that stood still', MINUTE, 100 * MINUTE],
    ['a week', 7 * 24 * 60 * MINUTE, 0],
  ] as const) {
    const keys = new EphemeralKeys(sodium, seededRandom(3), 0);
    const before = keys.current;
    t.equal(keys.tick(nowMs, sleptMs), true, name);
    t.equal(toHex(before.secretKey), ZEROS);
    t.not(keys.current, before);
    t.equal(keys.current.erased, false);
    t.equal(keys.byId(before.id), null);
    t.equal(keys.wakeAtMs, nowMs + NEW_KEY_AFTER_MS);
  }
  const keys = new EphemeralKeys(sodium, seededRandom(3), 0);
  const before = keys.current;
  t.equal(keys.tick(MINUTE, 70 * MINUTE), true, 'a new one is due, the old one not too old');
  t.equal(before.erased, false);
  t.equal(keys.live.length, 2);
  t.equal(keys.wakeAtMs, 30 * MINUTE, 'the sleep counts from now on');
});

t.test('no two live keys have one id', async (t) => {
  // The second draw repeats the first key, which a new key must not collide with.
  let draws = 0;
  const repeating: RandomSource = { fill: (out) => out.fill(++draws <= 3 ? 1 : 2) };
  const keys = new EphemeralKeys(sodium, repeating, 0);
  const first = keys.current;
  t.equal(draws, 1);
  keys.tick(NEW_KEY_AFTER_MS);
  t.equal(draws, 4, 'drawn again until it differs');
  t.not(keys.current.id, first.id);
  t.equal(keys.byId(first.id), first);
  t.equal(toHex(first.secretKey), '01'.repeat(32), 'the one that stays is unharmed');
});

t.test('at the end all are erased', async (t) => {
  const keys = new EphemeralKeys(sodium, seededRandom(4), 0);
  keys.tick(NEW_KEY_AFTER_MS);
  const live = keys.live;
  t.equal(live.length, 2);
  keys.eraseAll();
  t.ok(live.every((key) => key.erased && toHex(key.secretKey) === ZEROS));
  t.equal(keys.live.length, 0);
});
