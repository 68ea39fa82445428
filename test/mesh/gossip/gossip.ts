import fc from 'fast-check';
import t from 'tap';
import { encodeCredential } from '../../../mesh/gossip/credential.ts';
import { MAX_DIGEST_BYTES } from '../../../mesh/gossip/digest.ts';
import type { Gossip } from '../../../mesh/gossip/gossip.ts';
import type { Audience, GossipOutcome } from '../../../mesh/gossip/gossip-outcome.ts';
import { signKeyChange } from '../../../mesh/gossip/key-change.ts';
import type { RecordsItem } from '../../../mesh/gossip/records.ts';
import { decodeRecords, encodeRecords, MIN_RECORDS_BYTES } from '../../../mesh/gossip/records.ts';
import { signRevocation } from '../../../mesh/gossip/revocation.ts';
import {
  admin,
  credentialOf,
  descriptionOf,
  keyPair,
  nodeId,
  recordOf,
  sodium,
  toHex,
  witnessed,
} from './fixtures/documents.ts';
import { GossipMesh, gossipOf, knowledgeOf, NOW_S } from './fixtures/gossip-mesh.ts';

const peer = nodeId(2);
const networkKey = new Uint8Array(32).fill(9);

function keyChangeOf(serial: number) {
  return signKeyChange(sodium, admin.secretKey, { serial, networkKey, oldKeyEndsAtS: NOW_S + 3_600 });
}

function revocationOf(number: number, upToSerial = 1) {
  return signRevocation(sodium, admin.secretKey, { id: nodeId(number), upToSerial });
}

function recordItem(record: { readonly bytes: Uint8Array }): RecordsItem {
  return { kind: 'record', bytes: record.bytes };
}

/** Hands over one RECORDS frame from the peer. */
function receive(gossip: Gossip, ...items: readonly RecordsItem[]): GossipOutcome {
  const [bytes = new Uint8Array(0)] = encodeRecords(items, 60_000);
  return gossip.onRecords(peer, bytes, 0, NOW_S);
}

/** The items of all RECORDS frames in an outcome, by whom they are for. */
function itemsTo(outcome: GossipOutcome, to: number | Audience): readonly string[] {
  return outcome.actions
    .filter((action) => action.to === to && action.frame.type === 'records')
    .flatMap((action) => decodeRecords(action.frame.bytes) ?? [])
    .map(({ bytes }) => toHex(bytes));
}

function ready(number = 1): Gossip {
  const gossip = gossipOf(number);
  gossip.admit(credentialOf(2), 0, NOW_S);
  gossip.describeOwn(descriptionOf('me'));
  return gossip;
}

t.test('any mesh comes to one view, in any order of delivery, after losses', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 9 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (count, stream) => {
        const random = (): number => stream.next().value;
        const mesh = new GossipMesh(random);
        for (let number = 1; number <= count; number++) {
          mesh.add(gossipOf(number));
          mesh.run(nodeId(number), (gossip) => gossip.describeOwn(descriptionOf(`node ${number}`)));
        }
        // A tree, so that every pair is joined in one way only and all has to be passed on.
        const edges = Array.from(
          { length: count - 1 },
          (_, index) => [index + 2, 1 + Math.floor(random() * (index + 1))] as const,
        );
        for (const [a, b] of edges) mesh.connect(a, b);
        mesh.settle(0.4);
        mesh.run(nodeId(count), (gossip) => gossip.describeOwn(descriptionOf('changed')));
        mesh.run(nodeId(1), (gossip) => gossip.publishRevocation(revocationOf(99)));
        mesh.run(nodeId(count), (gossip) => gossip.publishKeyChange(keyChangeOf(3)));
        mesh.settle(0.4);
        // Sessions start again until the news could have crossed the whole tree.
        for (let round = 0; round < count; round++) {
          for (const [a, b] of edges) mesh.connect(a, b);
          mesh.settle();
        }
        const [first, ...others] = [...mesh.nodes.values()].map(knowledgeOf);
        for (const other of others) t.same(other, first);
        t.match(first, { keyChange: 3, revocations: ['99:1'] });
        t.equal(mesh.nodes.get(nodeId(1))?.table.records().length, count);
        t.notOk(mesh.events.some(({ event }) => event.type === 'own-record-copied'));
      },
    ),
    { seed: 10, numRuns: 25 },
  );
});

t.test('a mesh in which all know all has nothing more to say', async (t) => {
  const mesh = new GossipMesh();
  for (const number of [1, 2]) {
    mesh.add(gossipOf(number, { credential: witnessed(credentialOf(number), 3, 5) }));
    mesh.run(nodeId(number), (gossip) => gossip.describeOwn(descriptionOf(`node ${number}`)));
  }
  mesh.connect(1, 2);
  mesh.settle();
  const before = mesh.delivered;
  mesh.connect(1, 2);
  mesh.settle();
  t.equal(mesh.delivered - before, 1, 'one table');
});

t.test('more nodes than fit one frame become known at once', async (t) => {
  const full = gossipOf(1);
  for (let number = 3; number < 253; number++)
    receive(full, recordItem(recordOf(number, { incarnation: number, sequence: 1 })));
  const mesh = new GossipMesh();
  mesh.add(full);
  mesh.add(gossipOf(2));
  for (const number of [1, 2])
    mesh.run(nodeId(number), (gossip) => gossip.describeOwn(descriptionOf(`node ${number}`)));
  mesh.connect(1, 2);
  mesh.settle();
  t.same(knowledgeOf(mesh.nodes.get(peer)!), knowledgeOf(full));
  t.equal(full.table.records().length, 252);
  t.ok(MAX_DIGEST_BYTES <= 1_150);
});

t.test('a new record is passed on to all but its sender, once', async (t) => {
  const gossip = ready();
  const record = recordOf(7, { incarnation: 5, sequence: 1 });
  const outcome = receive(gossip, recordItem(record));
  for (const to of ['servers', 'subscribers'] as const) t.same(itemsTo(outcome, to), [toHex(record.bytes)]);
  t.match(outcome.actions, [{ except: 2 }, { except: 2 }]);
  t.same(outcome.events, [{ type: 'node-known', id: 7 }]);
  t.same(receive(gossip, recordItem(record)), { actions: [], events: [] });
  const later = receive(gossip, recordItem(recordOf(7, { incarnation: 5, sequence: 2 })));
  t.same(later.events, [{ type: 'node-changed', id: 7 }]);
  t.same(later.actions, [], 'nobody is told of a version, or another E, of the same process');
  const restarted = receive(gossip, recordItem(recordOf(7, { incarnation: 6, sequence: 1 })));
  t.equal(itemsTo(restarted, 'servers').length, 1, 'servers are told of a new one');
  t.same(itemsTo(restarted, 'subscribers'), [], 'and who only wants to know what changed is not');
});

t.test('who sends an older record gets the newer one back, once a frame', async (t) => {
  const gossip = ready();
  const newer = recordOf(7, { incarnation: 5, sequence: 2 });
  const older = recordItem(recordOf(7, { incarnation: 5, sequence: 1 }));
  receive(gossip, recordItem(newer));
  const outcome = receive(gossip, older, older, older);
  t.same(itemsTo(outcome, 2), [toHex(newer.bytes)]);
  t.equal(outcome.actions.length, 1);
});

t.test('nothing unverified is passed on, and a forgery ends the frame', async (t) => {
  const gossip = ready();
  const good = [3, 4, 5].map((number) => recordItem(recordOf(number, { incarnation: 1, sequence: 1 })));
  const forged = recordItem(recordOf(6, { incarnation: 1, sequence: 1 }, credentialOf(6), keyPair(8)));
  const outcome = receive(gossip, good[0]!, forged, good[1]!);
  t.same(itemsTo(outcome, 'servers'), [toHex(good[0]!.bytes)]);
  t.equal(gossip.table.get(nodeId(4)), null);
  t.equal(gossip.table.get(nodeId(6)), null);
});

t.test('garbage of any kind has no effect', async (t) => {
  const gossip = ready();
  const before = JSON.stringify(gossip.save());
  const nothing = { actions: [], events: [] };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const changed = [gossip.onRecords(peer, bytes, 0, NOW_S), gossip.onWitness(peer, bytes)];
      for (const outcome of changed) t.same(outcome, nothing);
      gossip.onTable(peer, bytes, 0);
      gossip.onDigest(peer, bytes, 0);
      gossip.onWant(peer, bytes, 0);
    }),
    { seed: 11, numRuns: 300 },
  );
  t.same(gossip.onTable(peer, new Uint8Array(8), 0), { outcome: nothing, wantsChanges: null });
  t.same(gossip.onDigest(peer, new Uint8Array(4), 0), nothing);
  t.same(gossip.onWant(peer, Uint8Array.of(0), 0), nothing);
  t.equal(JSON.stringify(gossip.save()), before);
});

t.test('the own record is made again only when it says something new', async (t) => {
  const gossip = ready();
  t.same(gossip.describeOwn(descriptionOf('me')), { actions: [], events: [] });
  const outcome = gossip.describeOwn(descriptionOf('still me'));
  t.equal(itemsTo(outcome, 'servers').length, 1);
  t.equal(itemsTo(outcome, 'subscribers').length, 1);
  t.match(outcome.actions, [{ except: null }, { except: null }]);
  t.match(gossip.table.get(nodeId(1)), { incarnation: 100, sequence: 2, name: 'still me' });
});

t.test('HELLOs make members and free the records that wait for them', async (t) => {
  const gossip = ready();
  const expired = witnessed(credentialOf(7, { expiresAtS: 100 }), 42, 50);
  t.match(gossip.admit(expired, 0, NOW_S), {
    addition: { verdict: 'unknown-witness', witness: 42 },
    outcome: { actions: [], events: [] },
  });
  const record = recordOf(7, { incarnation: 1, sequence: 1 }, expired);
  t.same(receive(gossip, recordItem(record)), { actions: [], events: [] });
  const { addition, outcome } = gossip.admit(credentialOf(42), 0, NOW_S);
  t.match(addition, { verdict: 'accepted', change: 'new' });
  t.same(outcome.events, [{ type: 'node-known', id: 7 }]);
  t.same(itemsTo(outcome, 'servers'), [toHex(record.bytes)]);
});

t.test('a member that needs a witness gets one, carries it and tells all', async (t) => {
  const invite = credentialOf(7, { expiresAtS: NOW_S + 1 });
  const [one, seven] = [gossipOf(1), gossipOf(7, { credential: invite })];
  seven.describeOwn(descriptionOf('seven'));
  one.admit(invite, 0, NOW_S);
  seven.admit(credentialOf(1), 0, NOW_S);
  const frame = one
    .onSessionStarted(nodeId(7), NOW_S + 0.9)
    .actions.find((action) => action.frame.type === 'witness')?.frame;
  if (frame === undefined) throw new Error('there is a WITNESS');
  t.same(gossipOf(7, { credential: invite }).onWitness(nodeId(1), frame.bytes).events, [], 'from nobody it knows');
  t.same(seven.onWitness(nodeId(2), frame.bytes).events, [], 'from somebody else');
  const outcome = seven.onWitness(nodeId(1), frame.bytes);
  t.match(outcome.events, [{ type: 'witnessed', credential: { witness: { id: 1, seenAtS: NOW_S } } }]);
  t.match(seven.table.get(nodeId(7)), { sequence: 2, credential: { witness: { id: 1 } } });
  t.equal(itemsTo(outcome, 'servers').length, 1);
  t.same(seven.onWitness(nodeId(1), frame.bytes), { actions: [], events: [] }, 'once');
  one.admit(seven.credential, 0, NOW_S);
  t.equal(one.onSessionStarted(nodeId(7), NOW_S).actions.length, 0, 'and then it needs none');
  // A newcomer believes it long after the invite expired; without the witness it does not.
  const late = gossipOf(3);
  late.admit(credentialOf(1), 0, NOW_S);
  t.match(late.admit(invite, 0, NOW_S + 9_999).addition, { verdict: 'refused', reason: 'expired' });
  t.match(late.admit(seven.credential, 0, NOW_S + 9_999).addition, { verdict: 'accepted' });
  const restarted = gossipOf(7, { credential: invite, saved: JSON.parse(JSON.stringify(seven.save())) });
  t.same(encodeCredential(restarted.credential), encodeCredential(seven.credential), 'a restart keeps it');
});

t.test('a witness in another member’s name, too late, or for who lost the number is not carried', async (t) => {
  const invite = credentialOf(7, { expiresAtS: NOW_S });
  const seven = gossipOf(7, { credential: invite });
  for (const number of [1, 2]) seven.admit(credentialOf(number), 0, NOW_S);
  const by = (number: number, seenAtS: number, identity = keyPair(number)): Uint8Array =>
    encodeCredential(witnessed(invite, number, seenAtS, identity)).subarray(-69);
  const nothing = { actions: [], events: [] };
  t.same(seven.onWitness(peer, by(1, 5, keyPair(2))), nothing, 'signed by the sender as somebody else');
  t.same(seven.onWitness(peer, by(1, 5)), nothing, 'passed on by the sender');
  t.same(seven.onWitness(peer, by(2, NOW_S)), nothing, 'when it had expired');
  t.equal(seven.credential.witness, null);
  seven.publishRevocation(revocationOf(7));
  t.same(seven.onWitness(peer, by(2, 5)), nothing, 'after the number was revoked');
});

t.test('a record of a new member frees the records that wait for it', async (t) => {
  const gossip = ready();
  const waiting = recordOf(7, { incarnation: 1, sequence: 1 }, witnessed(credentialOf(7, { expiresAtS: 100 }), 42, 50));
  receive(gossip, recordItem(waiting));
  const outcome = receive(gossip, recordItem(recordOf(42, { incarnation: 1, sequence: 1 })));
  t.same(outcome.events, [
    { type: 'node-known', id: 42 },
    { type: 'node-known', id: 7 },
  ]);
  t.equal(itemsTo(outcome, 'servers').length, 2);
});

t.test('an expired credential gets no witness, nor does the own node', async (t) => {
  const gossip = ready();
  gossip.admit(credentialOf(7, { expiresAtS: NOW_S + 1 }), 0, NOW_S);
  t.equal(gossip.onSessionStarted(nodeId(7), NOW_S + 1).actions.length, 0);
  t.equal(gossip.onSessionStarted(nodeId(1), NOW_S).actions.length, 0);
  t.equal(gossip.onSessionStarted(nodeId(50), NOW_S).actions.length, 0, 'nor somebody unknown');
});

t.test('what was known comes back after a restart; anything else is no state', async (t) => {
  const gossip = ready();
  receive(gossip, recordItem(recordOf(7, { incarnation: 5, sequence: 1 })));
  gossip.publishRevocation(revocationOf(9));
  gossip.publishKeyChange(keyChangeOf(4));
  const saved: unknown = JSON.parse(JSON.stringify(gossip.save()));
  const next = gossipOf(1, { incarnation: 101, saved });
  next.describeOwn(descriptionOf('me'));
  t.match(next.table.get(nodeId(7)), { incarnation: 5 });
  t.same(next.keyChange, gossip.keyChange);
  t.same(next.save(), gossip.save());
  t.match(next.ownStanding, { verdict: 'accepted' });
  for (const nothing of [undefined, 7, 'x', [], { membership: 1, table: [], keyChange: 'AAAA' }, { keyChange: 7 }]) {
    const empty = gossipOf(1, { saved: nothing });
    t.equal(empty.keyChange, null);
    t.same(empty.table.records(), []);
  }
});

t.test('a frame limit that no record fits is a mistake', async (t) => {
  t.throws(() => gossipOf(1, { maxFrameBytes: MIN_RECORDS_BYTES - 1 }), RangeError);
});
