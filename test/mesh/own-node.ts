import t from 'tap';
import { ownDescription, ownGossip, ownStatic } from '../../mesh/own-node.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { Incarnation } from '../../mesh/gossip/incarnation.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';
import { seededBytes } from '../fixtures/wire/seeded-bytes.ts';
import type { OwnState } from '../../mesh/own-node.ts';
import { nodeOptions } from './fixtures/node-options.ts';

const sodium = await loadSodium();
const E = seededBytes(1, 32);
const STATE: OwnState = { ephemeralPublicKey: E, observed: [], natClass: 'unknown', draining: null };

t.test('S derives from the identity', async (t) => {
  const options = nodeOptions(sodium);
  const own = ownStatic(options, sodium.signKeyPair(options.identitySeed));
  t.equal(own.id, 7);
  t.same(sodium.x25519KeyPair(own.secretKey).publicKey, own.publicKey);
  const invalid = { publicKey: new Uint8Array(32), secretKey: new Uint8Array(64) };
  t.throws(() => ownStatic(options, invalid), RangeError);
});

t.test('gossip needs a credential of the own number', async (t) => {
  const options = nodeOptions(sodium);
  const identity = sodium.signKeyPair(options.identitySeed);
  t.equal(ownGossip(options, identity, new Incarnation(4, 0), null).credential.certificate.id, 7);
  for (const credential of [new Uint8Array(0), options.credential.subarray(1)])
    t.throws(() => ownGossip({ ...options, credential }, identity, new Incarnation(4, 0), null), RangeError);
  t.throws(() => ownGossip({ ...options, id: nodeId(8) }, identity, new Incarnation(4, 0), null), RangeError);
});

t.test('a client names neither addresses nor its ephemeral key', async (t) => {
  t.same(ownDescription(nodeOptions(sodium), STATE), {
    name: 'name',
    country: 'DE',
    softwareVersion: '1.2.3',
    server: false,
    position: null,
    draining: null,
    natClass: 'unknown',
    ephemeralPublicKey: null,
    addresses: [],
  });
});

t.test('a server names both', async (t) => {
  const options = nodeOptions(sodium, { advertised: [{ transport: 'tcp', host: '192.0.2.1', port: 5, path: '/x' }] });
  const { server, ephemeralPublicKey, addresses } = ownDescription(options, STATE);
  t.ok(server);
  t.equal(ephemeralPublicKey, E);
  t.same(addresses, [{ transport: 'tcp', host: '192.0.2.1', port: 5, source: 'configured' }]);
});

t.test('where it is, where it is seen, and that it is about to leave', async (t) => {
  const position = { latitude: 52.5, longitude: 13.4 };
  const options = nodeOptions(sodium, {
    position,
    advertised: Array.from({ length: 16 }, (_, index) => ({ transport: 'udp', host: '192.0.2.1', port: index + 1 })),
  });
  const seen = (host: string) => ({ transport: 'udp', source: 'observed', host, port: 5 }) as const;
  const observed = [seen('8.8.8.8'), seen('2a00::1')];
  const draining = { leavesAtS: 1_800_000_000 };
  const description = ownDescription(options, { ephemeralPublicKey: E, observed, natClass: 'easy', draining });
  t.match(description, { position, draining, natClass: 'easy' });
  t.same(description.addresses.slice(16), observed, 'beside as many as a configuration has');
});
