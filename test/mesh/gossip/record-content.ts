import t from 'tap';
import type { NodeDescription } from '../../../mesh/gossip/node-record.ts';
import { hashRecordContent } from '../../../mesh/gossip/record-content.ts';
import { credentialOf, descriptionOf, keyPair, recordOf, sodium, toHex, witnessed } from './fixtures/documents.ts';

const plain: NodeDescription = {
  ...descriptionOf('seven'),
  server: true,
  ephemeralPublicKey: new Uint8Array(32).fill(1),
  addresses: [{ transport: 'udp', source: 'configured', host: '192.0.2.7', port: 4_840 }],
};

function hashOf(description: NodeDescription, version = { incarnation: 1, sequence: 1 }, credential = credentialOf(7)) {
  return toHex(hashRecordContent(sodium, recordOf(7, version, credential, keyPair(7), description)));
}

t.test('another version or E, and one missing, say the same', async (t) => {
  const hash = hashOf(plain);
  t.equal(hash.length, 32);
  t.equal(hashOf(plain, { incarnation: 9, sequence: 7 }), hash);
  t.equal(hashOf({ ...plain, ephemeralPublicKey: new Uint8Array(32).fill(2) }), hash);
});

t.test('anything else makes another hash', async (t) => {
  const others: readonly string[] = [
    hashOf(plain),
    hashOf({ ...plain, server: false }),
    hashOf({ ...plain, ephemeralPublicKey: null }),
    hashOf({ ...plain, name: 'eight' }),
    hashOf({ ...plain, country: 'DE' }),
    hashOf({ ...plain, softwareVersion: '0.2.0' }),
    hashOf({ ...plain, addresses: [] }),
    hashOf({ ...plain, draining: { leavesAtS: null } }),
    hashOf({ ...plain, natClass: 'public' }),
    hashOf({ ...plain, position: { latitude: 1, longitude: 2 } }),
    hashOf(plain, undefined, witnessed(credentialOf(7), 42, 5)),
    hashOf(plain, undefined, credentialOf(7, { serial: 2 })),
  ];
  t.equal(new Set(others).size, others.length);
});
