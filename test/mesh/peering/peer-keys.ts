import t from 'tap';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { headerOf } from '../../fixtures/wire/nodes.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { keySides } from './fixtures/two-nodes.ts';

const sodium = await loadSodium();
const network = new NetworkKeys(sodium, seededBytes(1, 32));
const HOUR_MS = 3_600_000;

function hex(key: Uint8Array | null): string | null {
  return key === null ? null : Buffer.from(key).toString('hex');
}

t.test('what one side seals with, the other opens with', async (t) => {
  const [a, b] = keySides(sodium);
  const header = headerOf({ origin: a.own.id, destination: b.own.id, session: 5 });
  t.equal(a.keys.sendKey(header, network), null, 'nothing is known of the other');
  t.ok(a.keys.learn(b.ephemeral.current.publicKey, 0));
  t.equal(a.keys.sendKey(header, network), null, 'and it knows nothing of this one');
  t.notOk(a.keys.isReady);
  t.ok(b.keys.learn(a.ephemeral.current.publicKey, 0));
  t.ok(a.keys.acknowledge(b.keys.peerKeyId));
  t.ok(a.keys.isReady);
  const key = hex(a.keys.sendKey(header, network));
  t.ok(key);
  t.equal(header.originKeyId, a.ephemeral.current.id);
  t.equal(header.destinationKeyId, b.ephemeral.current.id);
  t.ok(b.keys.knowsOrigin(header));
  t.equal(hex(b.keys.receiveKey(header, network)), key);
});

t.test('an unknown key id opens nothing', async (t) => {
  const [a, b] = keySides(sodium);
  a.keys.learn(b.ephemeral.current.publicKey, 0);
  const known = { origin: b.own.id, originKeyId: b.ephemeral.current.id, destinationKeyId: a.ephemeral.current.id };
  t.ok(a.keys.receiveKey(headerOf(known), network));
  t.equal(a.keys.receiveKey(headerOf({ ...known, originKeyId: known.originKeyId ^ 1 }), network), null);
  t.equal(a.keys.receiveKey(headerOf({ ...known, destinationKeyId: known.destinationKeyId ^ 1 }), network), null);
  t.equal(a.keys.receiveKey(headerOf({ ...known, origin: 0 }), network), null);
  t.notOk(a.keys.acknowledge(a.ephemeral.current.id ^ 1));
  t.notOk(a.keys.acknowledge(0));
});

t.test('a new own key is used once the peer has shown that it knows it', async (t) => {
  const [a, b] = keySides(sodium);
  a.keys.learn(b.ephemeral.current.publicKey, 0);
  const first = a.ephemeral.current;
  a.keys.acknowledge(first.id);
  t.notOk(a.keys.isNewestUnacknowledged);
  a.ephemeral.tick(HOUR_MS);
  const second = a.ephemeral.current;
  t.ok(a.keys.isNewestUnacknowledged);
  const header = headerOf({});
  a.keys.sendKey(header, network);
  t.equal(header.originKeyId, first.id);
  t.ok(a.keys.acknowledge(first.id), 'the older one is live');
  t.ok(a.keys.acknowledge(second.id));
  a.keys.sendKey(header, network);
  t.equal(header.originKeyId, second.id);
  t.ok(a.keys.acknowledge(first.id), 'a late message to the older one');
  a.keys.sendKey(header, network);
  t.equal(header.originKeyId, second.id, 'does not bring it back');
});

t.test('nothing is sealed with an erased key', async (t) => {
  const [a, b] = keySides(sodium);
  a.keys.learn(b.ephemeral.current.publicKey, 0);
  const first = a.ephemeral.current;
  a.keys.acknowledge(first.id);
  a.ephemeral.tick(HOUR_MS);
  a.ephemeral.tick(100 * 60_000);
  a.keys.dropErased();
  t.ok(first.erased);
  t.notOk(a.keys.isReady);
  t.equal(a.keys.sendKey(headerOf({}), network), null);
  t.notOk(a.keys.acknowledge(first.id));
});

t.test("a peer's new key is used at once, and an overtaken HELLO does not bring the old one back", async (t) => {
  const [a, b] = keySides(sodium);
  const old = b.ephemeral.current;
  a.keys.learn(old.publicKey, 0);
  b.ephemeral.tick(HOUR_MS);
  a.keys.learn(b.ephemeral.current.publicKey, HOUR_MS);
  t.equal(a.keys.peerKeyId, b.ephemeral.current.id);
  a.keys.learn(old.publicKey, HOUR_MS);
  t.equal(a.keys.peerKeyId, b.ephemeral.current.id);
  t.ok(a.keys.knowsOrigin(headerOf({ originKeyId: old.id })), 'what it sealed before can be opened');
});

t.test('three keys of the peer are kept, and sixty in an hour are enough', async (t) => {
  const [a] = keySides(sodium);
  const keys = Array.from({ length: 70 }, (_, index) => sodium.x25519KeyPair(seededBytes(1_000 + index, 32)).publicKey);
  const learned = keys.filter((key, index) => a.keys.learn(key, index * 1_000));
  t.same(learned, keys.slice(0, 60));
  t.ok(a.keys.learn(keys[59]!, 70_000), 'a known one is no new one');
  t.ok(a.keys.learn(keys[60]!, HOUR_MS), 'the first is an hour ago');
  t.notOk(a.keys.learn(keys[61]!, HOUR_MS));
});

t.test('forgetting, dropping and wiping', async (t) => {
  const [a, b] = keySides(sodium);
  a.keys.learn(b.ephemeral.current.publicKey, 0);
  a.keys.acknowledge(a.ephemeral.current.id);
  const key = a.keys.sendKey(headerOf({}), network)!;
  a.keys.dropNetwork(network);
  t.ok(
    key.every((byte) => byte === 0),
    'overwritten',
  );
  t.ok(a.keys.sendKey(headerOf({}), network));
  a.keys.forgetPeer();
  t.equal(a.keys.peerKeyId, 0);
  t.notOk(a.keys.isReady);
  a.keys.learn(b.ephemeral.current.publicKey, 0);
  a.keys.acknowledge(a.ephemeral.current.id);
  const last = a.keys.sendKey(headerOf({}), network)!;
  a.keys.wipe();
  t.ok(last.every((byte) => byte === 0));
  t.equal(a.keys.sendKey(headerOf({}), network), null);
});

t.test('keys of a peer that was long silent may be dead', async (t) => {
  const [a, b] = keySides(sodium);
  t.ok(a.keys.mayBeDead(0), 'there are none yet');
  a.keys.learn(b.ephemeral.current.publicKey, 0);
  t.ok(a.keys.mayBeDead(0), 'the peer knows none of this side');
  a.keys.acknowledge(a.ephemeral.current.id);
  t.notOk(a.keys.mayBeDead(39 * 60_000), 'what was an hour old when it was named lives for forty minutes more');
  t.ok(a.keys.mayBeDead(39 * 60_000 + 1));
  a.keys.learn(b.ephemeral.current.publicKey, HOUR_MS / 2);
  t.notOk(a.keys.mayBeDead(HOUR_MS), 'it was named again');
  b.ephemeral.tick(HOUR_MS);
  a.keys.learn(b.ephemeral.current.publicKey, HOUR_MS);
  t.notOk(a.keys.mayBeDead(HOUR_MS + 39 * 60_000));
  a.ephemeral.tick(100 * 60_000);
  t.ok(a.keys.mayBeDead(HOUR_MS + 1), 'the own one that the peer knows is erased');
});
