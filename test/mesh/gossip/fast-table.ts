import t from 'tap';
import { signFastRecord } from '../../../mesh/gossip/fast-record.ts';
import { FastTable } from '../../../mesh/gossip/fast-table.ts';
import { Membership } from '../../../mesh/gossip/membership.ts';
import { admin, credentialOf, keyPair, nodeId, sodium } from './fixtures/documents.ts';

function tableOf(...members: readonly number[]): FastTable {
  const membership = new Membership(sodium, admin.publicKey);
  for (const number of members) membership.readmit(credentialOf(number));
  return new FastTable(sodium, membership, nodeId(1), () => false);
}

function recordOf(number: number, sequence: number, identity = keyPair(number), incarnation = 1) {
  const state = { loadMs: 0, neighbours: new Map(), heard: new Set([nodeId(50)]) };
  return signFastRecord(sodium, identity.secretKey, nodeId(number), { incarnation, sequence }, state);
}

t.test('the newest of each member counts', async (t) => {
  const table = tableOf(1, 7);
  t.match(table.take(recordOf(7, 1).bytes, 0), { status: 'newer', record: { sequence: 1 }, before: null });
  t.match(table.take(recordOf(7, 3).bytes, 0), { status: 'newer', before: { sequence: 1 } });
  const { generation } = table;
  for (const sequence of [1, 2, 3]) t.same(table.take(recordOf(7, sequence).bytes, 0), { status: 'ignored' });
  t.equal(table.generation, generation);
  t.match(table.take(recordOf(7, 1, undefined, 2).bytes, 0), { status: 'newer' }, 'of a new process');
  t.match(table.get(nodeId(7)), { incarnation: 2, sequence: 1 });
  t.not(table.generation, generation);
});

t.test('who is known to be no server, and has no role, has nothing to say', async (t) => {
  const membership = new Membership(sodium, admin.publicKey);
  const [exit, relay, neither] = [nodeId(9), nodeId(10), nodeId(11)];
  membership.readmit(credentialOf(9, { exit: true }));
  membership.readmit(credentialOf(10, { relay: true }));
  membership.readmit(credentialOf(11));
  let isKnown = true;
  const table = new FastTable(sodium, membership, nodeId(1), () => isKnown);
  t.match(table.take(recordOf(exit, 1).bytes, 0), { status: 'newer' });
  t.match(table.take(recordOf(relay, 1).bytes, 0), { status: 'newer' });
  t.same(table.take(recordOf(neither, 1).bytes, 0), { status: 'ignored' });
  isKnown = false;
  t.match(table.take(recordOf(neither, 1).bytes, 0), { status: 'newer' }, 'its record may come later');
});

t.test('strangers, the own number and forgeries are not taken', async (t) => {
  const table = tableOf(1, 7);
  t.same(table.take(recordOf(8, 1).bytes, 0), { status: 'ignored' });
  t.same(table.take(recordOf(1, 1).bytes, 0), { status: 'ignored' });
  t.same(table.take(recordOf(7, 1, keyPair(8)).bytes, 0), { status: 'forged' });
  t.same(table.take(new Uint8Array(100), 0), { status: 'forged' });
  t.same(table.records(), []);
  t.equal(table.generation, 0);
});

t.test('who says something too often is not heard for a while, and forgeries count for nobody', async (t) => {
  const table = tableOf(1, 7);
  for (let count = 0; count < 100; count++) table.take(recordOf(7, 1_000 + count, keyPair(8)).bytes, 0);
  let taken = 0;
  for (let count = 1; count <= 100; count++)
    taken += table.take(recordOf(7, count).bytes, count * 10).status === 'newer' ? 1 : 0;
  t.equal(taken, 8);
  t.match(table.take(recordOf(7, 200).bytes, 11_000), { status: 'newer' });
  t.match(table.take(recordOf(7, 201).bytes, 11_001), { status: 'ignored' });
  t.match(table.take(recordOf(7, 202).bytes, 200_000), { status: 'newer' });
});

t.test('the own one, and who is gone', async (t) => {
  const table = tableOf(1, 7);
  table.setOwn(recordOf(1, 1));
  table.take(recordOf(7, 1).bytes, 0);
  t.same(
    table.records().map(({ id }) => id),
    [1, 7],
  );
  const { generation } = table;
  table.drop(nodeId(7));
  t.equal(table.get(nodeId(7)), null);
  t.not(table.generation, generation);
  table.drop(nodeId(7));
});
