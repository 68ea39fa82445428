import t from 'tap';
import { Membership } from '../../../mesh/gossip/membership.ts';
import { NodeTable } from '../../../mesh/gossip/node-table.ts';
import { decodeNodeRecord } from '../../../mesh/gossip/node-record.ts';
import { signRevocation } from '../../../mesh/gossip/revocation.ts';
import {
  admin,
  credentialOf,
  descriptionOf,
  keyPair,
  nodeId,
  recordOf,
  sodium,
  witnessed,
} from './fixtures/documents.ts';

const NOW_S = 1_000_000;
const HOUR_MS = 3_600_000;
const own = nodeId(1);

function tableOf(): { readonly membership: Membership; readonly table: NodeTable } {
  const membership = new Membership(sodium, admin.publicKey);
  membership.readmit(credentialOf(1));
  return { membership, table: new NodeTable(sodium, membership, own) };
}

const at = (incarnation: number, sequence: number) => ({ incarnation, sequence });

t.test('newer, known and older', async (t) => {
  const { table, membership } = tableOf();
  const first = recordOf(7, at(5, 1));
  t.match(table.add(first, 0, NOW_S), { status: 'newer', first: true, displaced: false });
  t.not(membership.member(nodeId(7)), null, 'its identity is a member now');
  t.same(table.add(first, 0, NOW_S), { status: 'known' });
  t.match(table.add(recordOf(7, at(5, 2)), 0, NOW_S), { status: 'newer', first: false, displaced: false });
  t.same(table.add(first, 0, NOW_S), { status: 'older' });
  t.match(table.add(recordOf(7, at(6, 1)), 0, NOW_S), { status: 'newer' });
  t.same(table.add(recordOf(7, at(5, 9)), 0, NOW_S), { status: 'older' });
  t.match(table.get(nodeId(7)), at(6, 1));
});

t.test('what is forged or not allowed is refused and changes nothing', async (t) => {
  const { table, membership } = tableOf();
  const refused = (reason: string) => ({ status: 'refused', reason });
  const good = recordOf(7, at(5, 1));
  const flipped = Uint8Array.from(good.bytes);
  flipped[flipped.length - 1]! ^= 1;
  const forged = decodeNodeRecord(flipped);
  t.ok(forged !== null && table.add(forged, 0, NOW_S).status === 'refused');
  t.match(
    table.add(recordOf(7, at(5, 1), credentialOf(7), keyPair(8)), 0, NOW_S),
    refused('forged'),
    'another’s signature',
  );
  const foreign = credentialOf(7, { adminSecretKey: keyPair(0xa1).secretKey });
  t.match(table.add(recordOf(7, at(5, 1), foreign), 0, NOW_S), refused('forged'), 'another admin’s certificate');
  t.match(table.add(recordOf(7, at(5, 1), credentialOf(7, { expiresAtS: 1 })), 0, NOW_S), refused('expired'));
  t.match(table.add(recordOf(1, at(5, 1)), 0, NOW_S), refused('own'));
  t.same(table.records(), []);
  t.equal(membership.members().length, 1);
  t.equal(table.lastChange, 0);
});

t.test('a revocation removes, and a higher serial comes back', async (t) => {
  const { table, membership } = tableOf();
  table.add(recordOf(7, at(5, 1)), 0, NOW_S);
  t.equal(table.dropUnheld(nodeId(7)), null, 'it holds its number');
  membership.revoke(signRevocation(sodium, admin.secretKey, { id: nodeId(7), upToSerial: 1 }));
  t.match(table.dropUnheld(nodeId(7)), at(5, 1));
  t.equal(table.get(nodeId(7)), null);
  t.match(table.add(recordOf(7, at(6, 1)), 0, NOW_S), { status: 'refused', reason: 'revoked' });
  const again = recordOf(7, at(1, 1), credentialOf(7, { serial: 2, identity: keyPair(70) }), keyPair(70));
  t.match(table.add(again, 0, NOW_S), { status: 'newer', first: true, displaced: false });
});

t.test('of two identities the better credential has the record, whatever its numbers', async (t) => {
  const old = recordOf(7, at(9, 9));
  const next = recordOf(7, at(1, 1), credentialOf(7, { serial: 2, identity: keyPair(70) }), keyPair(70));
  const { table } = tableOf();
  table.add(old, 0, NOW_S);
  t.match(table.add(next, 0, NOW_S), { status: 'newer', first: true, displaced: true });
  t.match(table.add(old, 0, NOW_S), { status: 'refused', reason: 'outranked' });
  t.match(table.get(nodeId(7)), at(1, 1));
});

t.test('a record waits for its witness to become a member', async (t) => {
  const { table } = tableOf();
  // 7's witness is 42, whose witness is 43.
  const seven = recordOf(7, at(1, 1), witnessed(credentialOf(7, { expiresAtS: 100 }), 42, 50));
  const fortyTwo = recordOf(42, at(1, 1), witnessed(credentialOf(42, { expiresAtS: 40 }), 43, 30));
  const waits = { status: 'refused', reason: 'unknown-witness' };
  t.match(table.add(seven, 0, NOW_S), waits);
  t.match(table.add(fortyTwo, 0, NOW_S), waits);
  t.same(table.retryWaiting(0, NOW_S), []);
  t.match(table.add(recordOf(43, at(1, 1)), 0, NOW_S), { status: 'newer' });
  t.same(
    table.retryWaiting(0, NOW_S).map(({ record }) => record.id),
    [42, 7],
  );
  t.same(table.retryWaiting(0, NOW_S), [], 'nothing is left waiting');
  t.equal(table.records().length, 3);
});

t.test('of those that wait under one number the newer stays', async (t) => {
  const { table } = tableOf();
  const credential = witnessed(credentialOf(7, { expiresAtS: 100 }), 42, 50);
  for (const sequence of [1, 3, 2]) table.add(recordOf(7, at(1, sequence), credential), 0, NOW_S);
  table.add(recordOf(42, at(1, 1)), 0, NOW_S);
  t.match(table.retryWaiting(0, NOW_S), [{ record: at(1, 3) }]);
});

t.test('a thousand changes of one owner count as sixty an hour, and disturb no other', async (t) => {
  const { table } = tableOf();
  let newer = 0;
  for (let change = 1; change <= 1_000; change++)
    if (table.add(recordOf(7, at(1, change)), change, NOW_S).status === 'newer') newer += 1;
  t.equal(newer, 60);
  t.match(table.add(recordOf(7, at(2, 1)), 2_000, NOW_S), { status: 'refused', reason: 'too-often' });
  t.match(table.add(recordOf(8, at(1, 1)), 2_000, NOW_S), { status: 'newer' });
  t.match(table.add(recordOf(7, at(2, 1)), HOUR_MS + 2_000, NOW_S), { status: 'newer' });
});

t.test('who gets a number begins anew, however often the one before changed', async (t) => {
  const { table, membership } = tableOf();
  for (let change = 1; change <= 60; change++) table.add(recordOf(7, at(1, change)), change, NOW_S);
  membership.revoke(signRevocation(sodium, admin.secretKey, { id: nodeId(7), upToSerial: 1 }));
  table.dropUnheld(nodeId(7));
  const credential = credentialOf(7, { serial: 2, identity: keyPair(8) });
  t.match(table.add(recordOf(7, at(1, 1), credential, keyPair(8)), 100, NOW_S), { status: 'newer' });
});

t.test('of different records of one version the same one stays everywhere, in whatever order they come', async (t) => {
  const records = [1, 2, 3, 4].map((number) =>
    recordOf(7, at(1, 1), credentialOf(7), keyPair(7), descriptionOf(`said to ${number}`)),
  );
  const kept = [records, records.toReversed(), [...records, ...records]].map((order) => {
    const { table } = tableOf();
    for (const record of order) table.add(record, 0, NOW_S);
    return table.get(nodeId(7))?.name;
  });
  t.equal(new Set(kept).size, 1);
  const { table } = tableOf();
  const winner = records.find(({ name }) => name === kept[0])!;
  t.match(table.add(winner, 0, NOW_S), { status: 'newer' });
  for (const record of records) t.match(table.add(record, 0, NOW_S), { status: 'known' });
});

t.test('forgeries do not use up the owner’s changes', async (t) => {
  const { table } = tableOf();
  for (let change = 1; change <= 100; change++)
    table.add(recordOf(7, at(9, change), credentialOf(7), keyPair(8)), 0, NOW_S);
  t.match(table.add(recordOf(7, at(1, 1)), 0, NOW_S), { status: 'newer' });
});

t.test('the change log names what came since', async (t) => {
  const { table } = tableOf();
  table.add(recordOf(7, at(1, 1)), 0, NOW_S);
  table.add(recordOf(8, at(1, 1)), 0, NOW_S);
  const before = table.lastChange;
  t.same(table.changedSince(before), []);
  table.add(recordOf(7, at(1, 2)), 0, NOW_S);
  table.setOwn(recordOf(1, at(1, 1)));
  t.same(
    table.changedSince(before).map(({ id }) => id),
    [1, 7],
  );
  t.same(
    table.records().map(({ id }) => id),
    [1, 7, 8],
  );
});

t.test('it comes back from a state file without the own record, in the same order', async (t) => {
  const { table, membership } = tableOf();
  for (const number of [7, 8, 9]) table.add(recordOf(number, at(number, 1)), 0, NOW_S);
  table.add(recordOf(6, at(1, 1), credentialOf(6, { expiresAtS: NOW_S + 1 })), 0, NOW_S);
  table.setOwn(recordOf(1, at(1, 1)));
  const restored = tableOf();
  restored.membership.restore(membership.save());
  restored.table.restore(JSON.parse(JSON.stringify(table.save())));
  t.same(
    restored.table.records(),
    table.records().filter(({ id }) => id !== own),
  );
  t.same(restored.table.save(), table.save());
});

t.test('damaged, forged and repeated saved records are dropped one by one', async (t) => {
  const { table } = tableOf();
  for (const number of [7, 8])
    table.add(recordOf(number, at(1, 1), credentialOf(number), keyPair(number), descriptionOf('x')), 0, NOW_S);
  const saved = table.save();
  const [eight = '', seven = ''] = saved.records;
  const own1 = Buffer.from(recordOf(1, at(9, 9)).bytes).toString('base64url');
  const older = Buffer.from(recordOf(7, at(0, 9)).bytes).toString('base64url');
  const forged = Buffer.from(recordOf(9, at(1, 1), credentialOf(9), keyPair(8)).bytes).toString('base64url');
  const restored = tableOf();
  restored.table.restore({
    records: [null, 4, '', 'AAAA', eight, seven.slice(4), `${seven}=`, seven, own1, older, forged, eight],
  });
  t.same([...restored.table.save().records].sort(), [...saved.records].sort());
  t.equal(restored.membership.member(nodeId(9)), null);
  for (const nothing of [null, 3, [], { records: {} }]) {
    const empty = tableOf();
    empty.table.restore(nothing);
    t.same(empty.table.records(), []);
  }
});
