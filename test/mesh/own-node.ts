import t from 'tap';
import { ownDescription, ownStatic } from '../../mesh/own-node.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { seededBytes } from '../fixtures/wire/seeded-bytes.ts';
import { nodeOptions } from './fixtures/node-options.ts';

const sodium = await loadSodium();
const E = seededBytes(1, 32);

t.test('S derives from the identity', async (t) => {
  const options = nodeOptions(sodium);
  const own = ownStatic(options, sodium.signKeyPair(options.identitySeed));
  t.equal(own.id, 7);
  t.same(sodium.x25519KeyPair(own.secretKey).publicKey, own.publicKey);
  const invalid = { publicKey: new Uint8Array(32), secretKey: new Uint8Array(64) };
  t.throws(() => ownStatic(options, invalid), RangeError);
});

t.test('a client names neither addresses nor its ephemeral key', async (t) => {
  t.same(ownDescription(nodeOptions(sodium), E), {
    name: 'name',
    country: 'DE',
    softwareVersion: '1.2.3',
    server: false,
    ephemeralPublicKey: null,
    addresses: [],
  });
});

t.test('a server names both', async (t) => {
  const options = nodeOptions(sodium, { advertised: [{ transport: 'tcp', host: '192.0.2.1', port: 5, path: '/x' }] });
  const { server, ephemeralPublicKey, addresses } = ownDescription(options, E);
  t.ok(server);
  t.equal(ephemeralPublicKey, E);
  t.same(addresses, [{ transport: 'tcp', host: '192.0.2.1', port: 5, source: 'configured' }]);
});
