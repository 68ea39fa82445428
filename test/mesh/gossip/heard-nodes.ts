import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import { type FastRecord, signFastRecord } from '../../../mesh/gossip/fast-record.ts';
import { heardNodes } from '../../../mesh/gossip/heard-nodes.ts';
import { keyPair, nodeId, sodium } from './fixtures/documents.ts';

const states = new Map<NodeId, FastRecord>();

function says(number: number, neighbours: readonly number[], heard: readonly number[]): void {
  const state = {
    loadMs: 0,
    neighbours: new Map(neighbours.map((id) => [nodeId(id), { rttMs: 1, jitterMs: 0, lossShare: 0 }] as const)),
    heard: new Set(heard.map(nodeId)),
  };
  const version = { incarnation: 1, sequence: 1 };
  states.set(nodeId(number), signFastRecord(sodium, keyPair(number).secretKey, nodeId(number), version, state));
}

t.test('whoever is heard by somebody who is heard is there', async (t) => {
  says(1, [2, 3], [100]);
  says(2, [1], [101]);
  says(5, [6], [102]);
  says(6, [5], []);
  const heard = heardNodes([nodeId(1)], (id) => states.get(id) ?? null);
  t.same(
    [...heard].sort((a, b) => a - b),
    [1, 2, 3, 100, 101],
    'not the two dead ones that heard each other',
  );
  t.same(
    heardNodes([], (id) => states.get(id) ?? null),
    new Set(),
  );
  t.ok(heardNodes([nodeId(1), nodeId(5)], (id) => states.get(id) ?? null).has(nodeId(102)));
});
