import t from 'tap';
import type { Credential } from '../../../mesh/gossip/credential.ts';
import { decodeWitness } from '../../../mesh/gossip/credential.ts';
import { Knowledge } from '../../../mesh/gossip/knowledge.ts';
import { OwnRecord } from '../../../mesh/gossip/own-record.ts';
import { Witnessing } from '../../../mesh/gossip/witnessing.ts';
import { admin, credentialOf, keyPair, nodeId, sodium, witnessed } from './fixtures/documents.ts';
import { LATER_S, NOW_S } from './fixtures/memberships.ts';

/** Node 7 or another under this credential, which knows these members. */
function witnessingOf(own: Credential, ...members: readonly Credential[]): Witnessing {
  const identity = keyPair(own.certificate.id);
  const record = new OwnRecord(sodium, identity.secretKey, { current: 1 });
  const knowledge = new Knowledge(sodium, admin.publicKey, record, own, null);
  for (const member of members) knowledge.membership.readmit(member);
  return new Witnessing(sodium, identity, knowledge);
}

const LIMITED = credentialOf(7, { expiresAtS: LATER_S });

t.test('who gets a witness', async (t) => {
  const table: readonly (readonly [string, Credential | null, number, boolean])[] = [
    ['an invite in time', LIMITED, NOW_S, true],
    ['an invite without end', credentialOf(7), NOW_S, true],
    ['one that has just expired', LIMITED, LATER_S, false],
    ['one that has a witness', witnessed(LIMITED, 42, 1), NOW_S, false],
    ['nobody', null, NOW_S, false],
  ];
  for (const [name, credential, wallS, isGiven] of table) {
    const witnessing = witnessingOf(credentialOf(9), ...(credential === null ? [] : [credential]));
    const bytes = witnessing.witnessFor(nodeId(7), wallS + 0.9);
    t.match(bytes && decodeWitness(bytes), isGiven ? { id: 9, seenAtS: wallS } : null, name);
  }
  t.equal(witnessingOf(credentialOf(9)).witnessFor(nodeId(9), NOW_S), null, 'nobody vouches for himself');
});

t.test('which witness is carried', async (t) => {
  const bytesOf = (by: number, atS: number): Uint8Array =>
    witnessingOf(credentialOf(by), LIMITED).witnessFor(nodeId(7), atS)!;
  const own = witnessingOf(LIMITED, credentialOf(9), credentialOf(10));
  const bytes = bytesOf(9, NOW_S);
  t.match(own.witnessedOwn(nodeId(9), bytes), { witness: { id: 9, seenAtS: NOW_S } });
  t.equal(own.witnessedOwn(nodeId(10), bytes), null, 'passed on by another');
  t.equal(own.witnessedOwn(nodeId(11), bytesOf(11, NOW_S)), null, 'of a stranger');
  t.equal(own.witnessedOwn(nodeId(9), bytesOf(9, NOW_S).with(20, bytes[20]! ^ 1)), null, 'forged');
  for (let length = 0; length < bytes.length; length++)
    t.equal(own.witnessedOwn(nodeId(9), bytes.subarray(0, length)), null);
  const witnessedAlready = witnessingOf(witnessed(LIMITED, 10, 5), credentialOf(9), credentialOf(10));
  t.equal(witnessedAlready.witnessedOwn(nodeId(9), bytes), null, 'the first one stays');
  const displaced = witnessingOf(LIMITED, credentialOf(9), credentialOf(7, { serial: 2, identity: keyPair(70) }));
  t.equal(displaced.witnessedOwn(nodeId(9), bytes), null, 'the number is another\u2019s');
});
