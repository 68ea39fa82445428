// What nodes say to each other while they compare what they know.
import t from 'tap';
import type { RecordsItem } from '../../../mesh/gossip/records.ts';
import { decodeRecords, encodeRecords } from '../../../mesh/gossip/records.ts';
import { signKeyChange } from '../../../mesh/gossip/key-change.ts';
import { admin, credentialOf, descriptionOf, nodeId, recordOf, sodium } from './fixtures/documents.ts';
import { gossipOf, NOW_S } from './fixtures/gossip-mesh.ts';

const peer = nodeId(2);

function keyChangeOf(serial: number) {
  const networkKey = new Uint8Array(32).fill(9);
  return signKeyChange(sodium, admin.secretKey, { serial, networkKey, oldKeyEndsAtS: NOW_S + 3_600 });
}

function recordItem(record: { readonly bytes: Uint8Array }): RecordsItem {
  return { kind: 'record', bytes: record.bytes };
}

t.test('a key that both have, or that a DIGEST names, is known there', async (t) => {
  const [one, two] = [gossipOf(1), gossipOf(2)];
  for (const gossip of [one, two]) gossip.publishKeyChange(keyChangeOf(2));
  const { outcome, wantsChanges } = one.onTable(peer, two.tableNotice(true).bytes, 0);
  t.same(outcome.events, [{ type: 'peer-knows-key', id: 2, serial: 2 }]);
  t.same(outcome.actions, []);
  t.equal(wantsChanges, true);
  two.describeOwn(descriptionOf('two'));
  const [digest] = one.onTable(peer, two.tableNotice(false).bytes, 0).outcome.actions;
  t.same(two.onDigest(nodeId(1), digest!.frame.bytes, 0).events, [{ type: 'peer-knows-key', id: 1, serial: 2 }]);
});

t.test('an answer says nothing of whether changes are wanted', async (t) => {
  const [one, two] = [gossipOf(1), gossipOf(2)];
  two.describeOwn(descriptionOf('two'));
  const [answer] = two.onTable(nodeId(1), one.tableNotice(true).bytes, 0).outcome.actions;
  t.equal(answer?.frame.type, 'table');
  t.equal(one.onTable(peer, answer!.frame.bytes, 0).wantsChanges, null);
});

t.test('many records that were missing are not passed on one by one', async (t) => {
  const [one, two] = [gossipOf(1), gossipOf(2)];
  one.admit(credentialOf(2), 0, NOW_S);
  for (let number = 3; number < 13; number++)
    two.onRecords(
      nodeId(1),
      encodeRecords([recordItem(recordOf(number, { incarnation: 1, sequence: 1 }))], 2_000)[0]!,
      0,
      NOW_S,
    );
  two.describeOwn(descriptionOf('two'));
  const [digest] = one.onTable(peer, two.tableNotice(false).bytes, 0).outcome.actions;
  const answers = two.onDigest(nodeId(1), digest!.frame.bytes, 0).actions;
  let passedOn = 0;
  let events: readonly string[] = [];
  for (const { frame } of answers.filter((action) => action.frame.type === 'records')) {
    const outcome = one.onRecords(peer, frame.bytes, 0, NOW_S);
    for (const action of outcome.actions)
      if (action.to === 'servers') passedOn += decodeRecords(action.frame.bytes)?.length ?? 0;
    events = [...events, ...outcome.events.map(({ type }) => type)];
  }
  t.equal(one.table.records().length, 11);
  t.equal(passedOn, 5, 'a few, and the record of who sent them');
  t.ok(events.includes('caught-up'));
});
