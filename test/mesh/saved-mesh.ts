import t from 'tap';
import { gatherMesh, readSavedMesh, savedNetworkKey, savedPeer } from '../../mesh/saved-mesh.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const good = {
  version: 1,
  incarnation: 5,
  peers: { '42': { session: 7, lastGood: 'udp://192.0.2.1:1' }, '9': { session: 0, lastGood: null } },
  olderNetworkKey: 'A'.repeat(43),
  hellos: { a: 1 },
  knowledge: [2],
} as const;

const NOTHING = { version: 1, incarnation: 0, peers: {}, olderNetworkKey: null, hellos: null, knowledge: null };

t.test('what was saved is read back', async (t) => {
  const saved = readSavedMesh(JSON.parse(JSON.stringify(good)));
  t.same(saved, good);
  t.same(savedPeer(saved, nodeId(42)), good.peers['42']);
  t.equal(savedPeer(saved, nodeId(1)), null);
  t.same(savedNetworkKey(saved), new Uint8Array(32));
  t.equal(savedNetworkKey({ ...saved, olderNetworkKey: 'short' }), null);
});

const broken: Record<string, unknown> = {
  nothing: null,
  text: 'x',
  'another version': { ...good, version: 2 },
  'no incarnation': { ...good, incarnation: undefined },
  'a fraction': { ...good, incarnation: 1.5 },
  'more than 32 bits': { ...good, incarnation: 2 ** 32 },
  'a negative session': { ...good, peers: { '1': { session: -1, lastGood: null } } },
  'a session that is too high': { ...good, peers: { '1': { session: 2 ** 32, lastGood: null } } },
  'a peer that is no number': { ...good, peers: { __proto__x: { session: 1, lastGood: null } } },
  'a long address': { ...good, peers: { '1': { session: 1, lastGood: 'x'.repeat(601) } } },
  'peers as a list': { ...good, peers: [] },
};

for (const [what, value] of Object.entries(broken)) {
  t.test(`${what} counts as nothing`, async (t) => {
    t.same(readSavedMesh(value), NOTHING);
  });
}

t.test('what is saved of peers that were not met stays', async (t) => {
  const before = readSavedMesh(good);
  const met = { session: 8, lastGood: null };
  const parts = { incarnation: 6, networks: { older: null }, hellos: { b: 2 }, knowledge: [3] };
  const saved = gatherMesh(before, { ...parts, peers: new Map([[nodeId(9), { saved: met }]]) });
  t.same(saved, {
    ...good,
    incarnation: 6,
    olderNetworkKey: null,
    hellos: { b: 2 },
    knowledge: [3],
    peers: { ...good.peers, '9': met },
  });
  t.same(readSavedMesh(JSON.parse(JSON.stringify(saved))), saved);
  const older = new Uint8Array(32).fill(5);
  t.same(savedNetworkKey(gatherMesh(before, { ...parts, networks: { older }, peers: new Map() })), older);
});
