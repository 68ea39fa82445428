import t from 'tap';
import type { Gossip } from '../../../mesh/gossip/gossip.ts';
import type { GossipEvent } from '../../../mesh/gossip/gossip-outcome.ts';
import { OutcomeDraft } from '../../../mesh/gossip/gossip-outcome.ts';
import { encodeKeyChange, signKeyChange } from '../../../mesh/gossip/key-change.ts';
import type { Taken } from '../../../mesh/gossip/knowledge.ts';
import { Knowledge } from '../../../mesh/gossip/knowledge.ts';
import { OwnRecord } from '../../../mesh/gossip/own-record.ts';
import type { RecordsItem } from '../../../mesh/gossip/records.ts';
import { encodeRecords } from '../../../mesh/gossip/records.ts';
import { encodeRevocation, signRevocation } from '../../../mesh/gossip/revocation.ts';
import { admin, credentialOf, descriptionOf, keyPair, nodeId, recordOf, sodium } from './fixtures/documents.ts';
import { gossipOf, NOW_S } from './fixtures/gossip-mesh.ts';

function knowledgeOf(credential = credentialOf(1)): Knowledge {
  const own = new OwnRecord(sodium, keyPair(1).secretKey, { current: 100 });
  const knowledge = new Knowledge(sodium, admin.publicKey, own, credential, null);
  const record = own.describe(credential, descriptionOf('me'));
  if (record !== null) knowledge.table.setOwn(record);
  return knowledge;
}

function take(
  knowledge: Knowledge,
  item: RecordsItem,
): { readonly taken: Taken; readonly events: readonly GossipEvent[] } {
  const draft = new OutcomeDraft();
  const taken = knowledge.take(draft, item, 0, NOW_S);
  return { taken, events: draft.events };
}

const record = (...wanted: Parameters<typeof recordOf>): RecordsItem => ({
  kind: 'record',
  bytes: recordOf(...wanted).bytes,
});

function revocation(number: number, upToSerial: number, key = admin.secretKey): RecordsItem {
  return {
    kind: 'revocation',
    bytes: encodeRevocation(signRevocation(sodium, key, { id: nodeId(number), upToSerial })),
  };
}

function keyChange(serial: number, key = admin.secretKey, first = 0): RecordsItem {
  const networkKey = new Uint8Array(32).fill(first);
  return {
    kind: 'key-change',
    bytes: encodeKeyChange(signKeyChange(sodium, key, { serial, networkKey, oldKeyEndsAtS: NOW_S })),
  };
}

const at = (incarnation: number, sequence: number) => ({ incarnation, sequence });

t.test('a key change counts with the admin’s signature and a higher serial only', async (t) => {
  const knowledge = knowledgeOf();
  t.same(take(knowledge, keyChange(3, keyPair(7).secretKey)), { taken: 'forged', events: [] });
  t.equal(knowledge.keyChange, null);
  t.match(take(knowledge, keyChange(3)), { taken: 'new', events: [{ type: 'key-change', change: { serial: 3 } }] });
  t.same(take(knowledge, keyChange(3)), { taken: 'known', events: [] });
  t.same(
    take(knowledge, keyChange(3, admin.secretKey, 9)),
    { taken: 'known', events: [] },
    'another of the same serial',
  );
  t.same(take(knowledge, keyChange(2)), { taken: keyChange(3), events: [] }, 'who sends an older one lacks this one');
  t.same(knowledge.keyChange?.networkKey, new Uint8Array(32));
  t.match(take(knowledge, keyChange(0xffff_ffff)), { taken: 'new' });
  t.equal(knowledge.summary.digest.keyChangeSerial, 0xffff_ffff);
});

t.test('whoever sends the newest key change has that key; others only claim it', async (t) => {
  const gossip: Gossip = gossipOf(1);
  const receive = (item: RecordsItem) =>
    encodeRecords([item], 2_000).flatMap((bytes) => gossip.onRecords(nodeId(2), bytes, 0, NOW_S).events);
  t.match(receive(keyChange(3)), [{ type: 'key-change' }, { type: 'peer-knows-key', id: 2, serial: 3 }]);
  t.same(receive(keyChange(3)), [{ type: 'peer-knows-key', id: 2, serial: 3 }]);
  t.same(receive(keyChange(3, keyPair(7).secretKey, 5)), [], 'a forgery under the same serial');
  t.same(receive(keyChange(2)), []);
  t.same(receive(keyChange(4, keyPair(7).secretKey)), []);
});

t.test('a revocation takes effect once, removes the record, and is what a sender of older ones lacks', async (t) => {
  const knowledge = knowledgeOf();
  take(knowledge, record(7, at(1, 1)));
  t.same(take(knowledge, revocation(7, 2, keyPair(8).secretKey)), { taken: 'forged', events: [] });
  t.match(take(knowledge, revocation(7, 2)), {
    taken: 'new',
    events: [
      { type: 'revoked', id: 7, upToSerial: 2 },
      { type: 'node-removed', id: 7, reason: 'revoked' },
    ],
  });
  t.equal(knowledge.table.get(nodeId(7)), null);
  t.same(take(knowledge, revocation(7, 2)), { taken: 'known', events: [] });
  t.same(take(knowledge, revocation(7, 1)), { taken: revocation(7, 2), events: [] });
  t.same(take(knowledge, record(7, at(2, 1))), { taken: revocation(7, 2), events: [] }, 'and a sender of its record');
  t.match(take(knowledge, revocation(50, 1)).events, [{ type: 'revoked', id: 50 }], 'a number nobody holds');
  t.same(new Set(knowledge.summary.digest.entries.keys()), new Set([1, 7, 50]));
});

t.test('certified again after a revocation', async (t) => {
  const knowledge = knowledgeOf();
  take(knowledge, record(7, at(1, 1)));
  take(knowledge, revocation(7, 1));
  const again = record(7, at(1, 1), credentialOf(7, { serial: 2, identity: keyPair(70) }), keyPair(70));
  t.same(take(knowledge, again), { taken: 'new', events: [{ type: 'node-known', id: 7 }] });
});

t.test('an identity that loses its number is removed before the next is known', async (t) => {
  const knowledge = knowledgeOf();
  const loser = record(7, at(9, 9));
  const winner = record(7, at(1, 1), credentialOf(7, { serial: 2, identity: keyPair(70) }), keyPair(70));
  take(knowledge, loser);
  t.same(take(knowledge, winner), {
    taken: 'new',
    events: [
      { type: 'node-removed', id: 7, reason: 'displaced' },
      { type: 'node-known', id: 7 },
    ],
  });
  t.same(take(knowledge, loser), { taken: winner, events: [] }, 'who sends the loser’s record gets the winner’s');
});

t.test('an identity displaced by a HELLO is removed with its record', async (t) => {
  const gossip = gossipOf(1);
  for (const bytes of encodeRecords([record(7, at(9, 9))], 2_000)) gossip.onRecords(nodeId(2), bytes, 0, NOW_S);
  const { outcome } = gossip.admit(credentialOf(7, { serial: 2, identity: keyPair(70) }), 0, NOW_S);
  t.same(outcome.events, [{ type: 'node-removed', id: 7, reason: 'displaced' }]);
  t.equal(gossip.table.get(nodeId(7)), null);
});

t.test('a copied configuration is noticed by its records, and they are not taken', async (t) => {
  const knowledge = knowledgeOf();
  const ours = knowledge.table.get(nodeId(1));
  t.same(
    take(knowledge, record(1, at(99, 7))),
    { taken: { kind: 'record', bytes: ours?.bytes }, events: [] },
    'an older own one',
  );
  const copy = take(knowledge, record(1, at(101, 1)));
  t.same(copy, { taken: 'known', events: [{ type: 'own-record-copied', version: at(101, 1) }] });
  t.same(take(knowledge, record(1, at(101, 1))).events, [], 'said once');
  t.same(take(knowledge, record(1, at(102, 1), credentialOf(1), keyPair(8))), { taken: 'forged', events: [] });
  t.equal(knowledge.table.get(nodeId(1)), ours);
});

t.test(
  'another identity with better papers for the own number takes it; one with worse ones learns of ours',
  async (t) => {
    const knowledge = knowledgeOf(credentialOf(1, { serial: 2 }));
    const claim = (serial: number) =>
      record(1, at(1, 1), credentialOf(1, { serial, identity: keyPair(10) }), keyPair(10));
    t.same(take(knowledge, claim(1)).taken, { kind: 'record', bytes: knowledge.table.get(nodeId(1))?.bytes });
    t.ok(knowledge.holdsOwnNumber);
    t.same(take(knowledge, claim(3)), { taken: 'known', events: [{ type: 'own-number-lost', reason: 'displaced' }] });
    t.notOk(knowledge.holdsOwnNumber);
    t.equal(knowledge.table.get(nodeId(1)), null, 'the own record is not passed on any longer');
    t.equal(knowledge.credential.certificate.serial, 2, 'the own credential stays the own one');
  },
);

t.test('the own number is revoked', async (t) => {
  const knowledge = knowledgeOf();
  t.match(take(knowledge, revocation(1, 1)).events, [
    { type: 'revoked', id: 1 },
    { type: 'own-number-lost', reason: 'revoked' },
  ]);
  t.equal(knowledge.table.get(nodeId(1)), null);
});

t.test('who lost the number says no more about itself, and knows it after a restart', async (t) => {
  const gossip = gossipOf(1);
  gossip.describeOwn(descriptionOf('a'));
  gossip.publishRevocation(signRevocation(sodium, admin.secretKey, { id: nodeId(1), upToSerial: 1 }));
  t.same(gossip.describeOwn(descriptionOf('b')).actions, []);
  t.match(gossipOf(1, { saved: gossip.save() }).ownStanding, { verdict: 'refused', reason: 'revoked' });
});

t.test('malformed items are what no member passes on', async (t) => {
  const knowledge = knowledgeOf();
  for (const kind of ['record', 'revocation', 'key-change'] as const)
    for (const bytes of [new Uint8Array(0), new Uint8Array(70), new Uint8Array(105).fill(1)])
      t.same(take(knowledge, { kind, bytes }), { taken: 'forged', events: [] });
});

t.test('papers that are in order but of no use now are no forgeries', async (t) => {
  const knowledge = knowledgeOf();
  t.same(take(knowledge, record(7, at(1, 1), credentialOf(7, { expiresAtS: 5 }))), { taken: 'known', events: [] });
  for (let sequence = 1; sequence <= 60; sequence++) take(knowledge, record(8, at(1, sequence)));
  t.same(take(knowledge, record(8, at(1, 61))), { taken: 'known', events: [] }, 'one change too many');
});
