import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import type { EphemeralKey } from '../../../mesh/wire/ephemeral-keys.ts';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { PairKeys } from '../../../mesh/wire/pair-keys.ts';
import type { OwnStatic } from '../../../mesh/wire/pair-keys.ts';
import type { Sodium } from '../../../mesh/wire/sodium.ts';
import { SESSION, vectors } from '../../fixtures/wire/golden-vectors.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { referencePairKey, referenceTrafficKey } from '../../fixtures/wire/reference-seal.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

const ZEROS = '00'.repeat(32);

/** An ephemeral key that the test can call erased. */
type TestE = { -readonly [K in keyof EphemeralKey]: EphemeralKey[K] };

function ephemeral(sodium: Sodium, secret: Uint8Array): TestE {
  return { id: 1, erased: false, ...sodium.x25519KeyPair(secret) };
}

function staticOf(sodium: Sodium, id: NodeId, seed: Uint8Array): OwnStatic {
  const identity = sodium.signKeyPair(seed);
  return { id, ...sodium.x25519KeyPair(sodium.x25519FromSignSecret(identity.secretKey)) };
}

/** Two nodes as seen from both, and what they need. */
function pairOf(sodium: Sodium, idA = 7, idB = 42) {
  const network = new NetworkKeys(sodium, fromHex(vectors['network key']));
  const a = staticOf(sodium, nodeId(idA), fromHex(vectors['node 7: identity seed']));
  const b = staticOf(sodium, nodeId(idB), fromHex(vectors['node 42: identity seed']));
  const eA = ephemeral(sodium, fromHex(vectors['node 7: E, secret']));
  const eB = ephemeral(sodium, fromHex(vectors['node 42: E, secret']));
  const atA = new PairKeys(sodium, a, { id: b.id, publicKey: b.publicKey });
  const atB = new PairKeys(sodium, b, { id: a.id, publicKey: a.publicKey });
  return { network, a, b, eA, eB, atA, atB };
}

function hexOf(key: Uint8Array | null): string {
  return key === null ? 'null' : toHex(key);
}

for (const sodium of sodiums) {
  t.test(`${sodium.name}: golden vectors, on both sides`, async (t) => {
    const { network, a, b, eA, eB, atA, atB } = pairOf(sodium);
    t.equal(toHex(a.publicKey), vectors['node 7: S']);
    t.equal(toHex(a.secretKey), vectors['node 7: S, secret']);
    t.equal(toHex(b.publicKey), vectors['node 42: S']);
    t.equal(toHex(b.secretKey), vectors['node 42: S, secret']);
    for (const { id } of [a, b]) {
      const expected = vectors[id === 7 ? 'traffic key from 7' : 'traffic key from 42'];
      t.equal(hexOf(atA.trafficKey(network, eA, eB.publicKey, SESSION, id)), expected);
      t.equal(hexOf(atB.trafficKey(network, eB, eA.publicKey, SESSION, id)), expected);
    }
    const pairKey = referencePairKey(sodium, network.key, { id: 7, s: a, e: eA }, { id: 42, s: b, e: eB });
    t.equal(toHex(pairKey), vectors['pair key']);
    t.equal(toHex(referenceTrafficKey(sodium, pairKey, 7, SESSION)), vectors['traffic key from 7']);
  });

  t.test(`${sodium.name}: both sides agree; any difference gives another key`, async (t) => {
    const { network, a, b, eA, eB, atA, atB } = pairOf(sodium);
    const otherNetwork = new NetworkKeys(sodium, seededBytes(1, 32));
    const otherA = ephemeral(sodium, seededBytes(2, 32));
    const otherB = ephemeral(sodium, seededBytes(3, 32));
    const keys: string[] = [];
    const same = (network: NetworkKeys, eA: EphemeralKey, eB: EphemeralKey, session: number, origin: NodeId): void => {
      const key = hexOf(atA.trafficKey(network, eA, eB.publicKey, session, origin));
      t.equal(hexOf(atB.trafficKey(network, eB, eA.publicKey, session, origin)), key);
      keys.push(key);
    };
    same(network, eA, eB, SESSION, a.id);
    same(network, eA, eB, SESSION, b.id);
    same(network, eA, eB, SESSION + 1, a.id);
    same(network, eA, eB, 0, a.id);
    same(network, eA, eB, 0xffff_ffff, a.id);
    same(network, otherA, eB, SESSION, a.id);
    same(network, eA, otherB, SESSION, a.id);
    same(network, otherA, otherB, SESSION, a.id);
    same(otherNetwork, eA, eB, SESSION, a.id);
    const stranger = staticOf(sodium, b.id, seededBytes(4, 32));
    const impostor = new PairKeys(sodium, stranger, { id: a.id, publicKey: a.publicKey });
    keys.push(hexOf(impostor.trafficKey(network, eB, eA.publicKey, SESSION, a.id)));
    const renumbered = pairOf(sodium, 7, 43);
    keys.push(hexOf(renumbered.atA.trafficKey(network, eA, eB.publicKey, SESSION, a.id)));
    t.equal(new Set(keys).size, keys.length);
    t.notOk(keys.includes('null') || keys.includes(ZEROS));
  });

  t.test(`${sodium.name}: low and high go by number, not by who asks`, async (t) => {
    const { network, a, b, eA, eB, atA, atB } = pairOf(sodium, 254, 1);
    const expected = referencePairKey(sodium, network.key, { id: 1, s: b, e: eB }, { id: 254, s: a, e: eA });
    for (const { id } of [a, b]) {
      const key = toHex(referenceTrafficKey(sodium, expected, id, 5));
      t.equal(hexOf(atA.trafficKey(network, eA, eB.publicKey, 5, id)), key);
      t.equal(hexOf(atB.trafficKey(network, eB, eA.publicKey, 5, id)), key);
    }
  });

  t.test(`${sodium.name}: keys that make a Diffie-Hellman result all zero are refused`, async (t) => {
    const { network, a, eA, eB, atA } = pairOf(sodium);
    // Points of small order: 0, 1, p - 1, and one of order 8 (RFC 7748 section 6.1; libsodium's list).
    for (const hex of [
      ZEROS,
      '01' + '00'.repeat(31),
      'ec' + 'ff'.repeat(30) + '7f',
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    ]) {
      for (let again = 0; again < 2; again++) {
        t.equal(atA.trafficKey(network, eA, fromHex(hex), SESSION, a.id), null, hex);
      }
      const weak = new PairKeys(sodium, a, { id: nodeId(9), publicKey: fromHex(hex) });
      t.equal(weak.trafficKey(network, eA, eB.publicKey, SESSION, a.id), null, `${hex} as S`);
    }
    t.not(atA.trafficKey(network, eA, eB.publicKey, SESSION, a.id), null);
  });
}

const sodium = sodiums.at(-1)!;

t.test('nobody else is origin, no other length is a key, and nobody pairs with itself', async (t) => {
  const { network, a, eA, eB, atA } = pairOf(sodium);
  t.equal(atA.trafficKey(network, eA, eB.publicKey, SESSION, nodeId(8)), null);
  for (const bytes of [0, 31, 33]) {
    t.equal(atA.trafficKey(network, eA, new Uint8Array(bytes).fill(9), SESSION, a.id), null);
  }
  t.throws(() => new PairKeys(sodium, a, { id: a.id, publicKey: a.publicKey }), RangeError);
});

/** A sodium that counts the Diffie-Hellman computations and hashes. */
function counting(): { sodium: Sodium; work: () => string } {
  let [exchanges, hashes] = [0, 0];
  const counted: Sodium = Object.create(sodium, {
    // Inherited methods run on the real one.
    scalarMult: { value: (s: Uint8Array, p: Uint8Array) => (exchanges++, sodium.scalarMult(s, p)) },
    hash: { value: (out: Uint8Array, i: Uint8Array, k: Uint8Array | null) => (hashes++, sodium.hash(out, i, k)) },
    equal: { value: (a: Uint8Array, b: Uint8Array) => sodium.equal(a, b) },
    wipe: { value: (bytes: Uint8Array) => sodium.wipe(bytes) },
  });
  return { sodium: counted, work: () => `${exchanges} exchanges, ${hashes} hashes` };
}

t.test('a known key costs nothing, a new session one hash', async (t) => {
  const { network, a, b, eA, eB } = pairOf(sodium);
  const counted = counting();
  const keys = new PairKeys(counted.sodium, a, { id: b.id, publicKey: b.publicKey });
  const first = keys.trafficKey(network, eA, eB.publicKey, 1, a.id);
  t.equal(counted.work(), '4 exchanges, 2 hashes');
  for (let i = 0; i < 10; i++) t.equal(keys.trafficKey(network, eA, eB.publicKey.slice(), 1, a.id), first);
  t.equal(counted.work(), '4 exchanges, 2 hashes');
  keys.trafficKey(network, eA, eB.publicKey, 1, b.id);
  keys.trafficKey(network, eA, eB.publicKey, 2, a.id);
  t.equal(counted.work(), '4 exchanges, 4 hashes');
});

t.test('a flood of sessions and of E pushes out and wipes what is least used', async (t) => {
  const { network, a, eA, eB, atA } = pairOf(sodium);
  const used = atA.trafficKey(network, eA, eB.publicKey, 1, a.id);
  const unused = atA.trafficKey(network, eA, eB.publicKey, 2, a.id);
  const before = hexOf(used);
  for (let session = 100; session < 200; session++) {
    atA.trafficKey(network, eA, eB.publicKey, session, a.id);
    t.equal(atA.trafficKey(network, eA, eB.publicKey, 1, a.id), used, 'what is in use stays');
  }
  t.equal(hexOf(unused), ZEROS, 'what fell out is wiped');

  const idle = atA.trafficKey(network, eA, ephemeral(sodium, seededBytes(99, 32)).publicKey, 1, a.id);
  for (let seed = 100; seed < 120; seed++) {
    atA.trafficKey(network, eA, ephemeral(sodium, seededBytes(seed, 32)).publicKey, 1, a.id);
    t.equal(atA.trafficKey(network, eA, eB.publicKey, 1, a.id), used);
  }
  t.equal(hexOf(used), before);
  t.equal(hexOf(idle), ZEROS);
});

t.test('what an erased E, a dropped network key or the end took with it', async (t) => {
  const { network, a, eA, eB, atA } = pairOf(sodium);
  const otherE = ephemeral(sodium, seededBytes(5, 32));
  const otherNetwork = new NetworkKeys(sodium, seededBytes(6, 32));
  const ask = (e: EphemeralKey, keys: NetworkKeys): Uint8Array | null =>
    atA.trafficKey(keys, e, eB.publicKey, SESSION, a.id);
  const [old, kept, elsewhere] = [ask(eA, network), ask(otherE, network), ask(otherE, otherNetwork)];
  const hex = [old, kept, elsewhere].map(hexOf);
  atA.dropErased();
  t.strictSame([old, kept, elsewhere].map(hexOf), hex, 'nothing is erased yet');
  eA.erased = true;
  t.equal(ask(eA, network), null, 'an erased E gives no key, whether it was known or not');
  atA.dropErased();
  t.strictSame([old, kept, elsewhere].map(hexOf), [ZEROS, hex[1], hex[2]]);
  atA.dropNetwork(otherNetwork);
  t.strictSame([old, kept, elsewhere].map(hexOf), [ZEROS, hex[1], ZEROS]);
  atA.dropAll();
  t.equal(hexOf(kept), ZEROS);
  t.equal(hexOf(ask(otherE, network)), hex[1], 'and it is made again when it is asked for');
});
