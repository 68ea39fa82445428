import t from 'tap';
import type { KeyChange } from '../../mesh/gossip/key-change.ts';
import { NetworkRing } from '../../mesh/network-ring.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { seededBytes } from '../fixtures/wire/seeded-bytes.ts';

const sodium = await loadSodium();
const [first, second, third] = [1, 2, 3].map((seed) => seededBytes(seed, 32)) as [Uint8Array, Uint8Array, Uint8Array];

function change(serial: number, networkKey: Uint8Array, oldKeyEndsAtS: number): KeyChange {
  return { serial, networkKey, oldKeyEndsAtS, signature: new Uint8Array(64) };
}

t.test('one key', async (t) => {
  const ring = new NetworkRing(sodium, first, null, 100);
  t.same(ring.ring.newest.key, first);
  t.equal(ring.ring.older, null);
  t.equal(ring.expiresAtS, Infinity);
  t.equal(ring.expire(1e12), null);
  t.equal(ring.pick(false), ring.ring.newest);
});

t.test('after a change both, until the old one ends', async (t) => {
  const ring = new NetworkRing(sodium, first, null, 100);
  t.equal(ring.apply(change(1, second, 500)), null);
  t.same(ring.pick(true).key, second);
  t.same(ring.pick(false).key, first);
  t.equal(ring.expiresAtS, 500);
  t.equal(ring.expire(499), null);
  const dropped = ring.expire(500);
  t.same(dropped?.key, first);
  t.same(ring.pick(false).key, second);
  t.equal(ring.expiresAtS, Infinity);
});

t.test('a second change meanwhile ends the oldest', async (t) => {
  const ring = new NetworkRing(sodium, first, null, 100);
  ring.apply(change(1, second, 500));
  t.same(ring.apply(change(2, third, 900))?.key, first);
  t.same(ring.pick(true).key, third);
  t.same(ring.pick(false).key, second);
  t.equal(ring.expiresAtS, 900);
});

t.test('a change that was remembered counts at the start, as far as it has come', async (t) => {
  const during = new NetworkRing(sodium, first, change(1, second, 500), 499);
  t.same([during.pick(true).key, during.pick(false).key], [second, first]);
  const after = new NetworkRing(sodium, first, change(1, second, 500), 500);
  t.same([after.pick(true).key, after.pick(false).key], [second, second]);
});

t.test('who joined with the new key has nothing to change', async (t) => {
  const ring = new NetworkRing(sodium, second, null, 100);
  t.equal(ring.apply(change(1, second, 500)), null);
  t.equal(ring.ring.older, null);
  t.equal(ring.expiresAtS, Infinity);
});

t.test('two changes and a restart: the key of the configuration does not come back', async (t) => {
  const running = new NetworkRing(sodium, first, change(1, second, 500), 100);
  running.apply(change(2, third, 900));
  const older = running.older;
  t.same(older, second);
  const restarted = new NetworkRing(sodium, first, change(2, third, 900), 100, older);
  t.same(restarted.pick(true).key, third);
  t.same(restarted.pick(false).key, second);
});
