import t from 'tap';
import type { Credential } from '../../../mesh/gossip/credential.ts';
import { Membership } from '../../../mesh/gossip/membership.ts';
import { signRevocation } from '../../../mesh/gossip/revocation.ts';
import type { Sodium } from '../../../mesh/wire/sodium.ts';
import { admin, credentialOf, keyPair, nodeId, sodium, toHex, witnessed } from './fixtures/documents.ts';
import { holder, LATER_S, membershipOf, NOW_S, revocationOf } from './fixtures/memberships.ts';

const EARLIER_S = NOW_S - 1;

t.test('rules 1 to 3, as a table', async (t) => {
  const w = credentialOf(42);
  const expired = credentialOf(7, { expiresAtS: NOW_S });
  const refused = (reason: string) => ({ verdict: 'refused', reason });
  const table: readonly (readonly [string, Credential, object])[] = [
    ['it never expires', credentialOf(7), { verdict: 'accepted' }],
    ['it expires in a second', credentialOf(7, { expiresAtS: LATER_S }), { verdict: 'accepted' }],
    ['it expires right now', expired, refused('expired')],
    ['it expired', credentialOf(7, { expiresAtS: EARLIER_S }), refused('expired')],
    ['a member saw it in time', witnessed(expired, 42, EARLIER_S), { verdict: 'accepted' }],
    ['a member saw it when it had expired', witnessed(expired, 42, NOW_S), refused('expired')],
    ['nobody knows its witness', witnessed(expired, 43, EARLIER_S), { verdict: 'unknown-witness', witness: 43 }],
    ['somebody signed in a member’s name', witnessed(expired, 42, EARLIER_S, keyPair(43)), refused('witness')],
    ['it vouches for itself', witnessed(expired, 7, EARLIER_S), refused('expired')],
    ['unexpired, and nobody knows its witness', witnessed(credentialOf(7), 43, 1), { verdict: 'accepted' }],
    ['unexpired, with a forged witness', witnessed(credentialOf(7), 42, 1, keyPair(43)), { verdict: 'accepted' }],
    ['another admin signed', credentialOf(7, { adminSecretKey: keyPair(0xa1).secretKey }), refused('forged')],
    ['its binding is another’s', { ...credentialOf(7), binding: credentialOf(8).binding }, refused('forged')],
    ['its serial is revoked', credentialOf(9, { serial: 3 }), refused('revoked')],
    ['its serial is above the revoked one', credentialOf(9, { serial: 4 }), { verdict: 'accepted' }],
  ];
  for (const [name, credential, expected] of table) {
    const membership = membershipOf(w);
    membership.revoke(revocationOf(9, 3));
    t.match(membership.judge(credential, NOW_S), expected, name);
    t.equal(holder(membership, credential.certificate.id), null, 'judging gives no number away');
    t.match(membership.add(credential, NOW_S), expected, name);
    t.equal(
      holder(membership, credential.certificate.id) !== null,
      'verdict' in expected && expected.verdict === 'accepted',
    );
  }
});

t.test('revoked, and certified again with a higher serial', async (t) => {
  const membership = membershipOf(credentialOf(7, { serial: 1 }));
  const result = membership.revoke(revocationOf(7, 1));
  t.match(result, { verdict: 'new', removed: { id: 7, identity: keyPair(7).publicKey } });
  t.equal(holder(membership, 7), null);
  t.match(membership.add(credentialOf(7, { serial: 1 }), NOW_S), { verdict: 'refused', reason: 'revoked' });
  const next = credentialOf(7, { serial: 2, identity: keyPair(70) });
  t.match(membership.add(next, NOW_S), { verdict: 'accepted', change: 'new', displaced: null });
  t.same(membership.revoke(revocationOf(7, 1)), { verdict: 'known' });
  t.equal(holder(membership, 7), toHex(keyPair(70).publicKey), 'the older revocation does nothing to it');
});

t.test('a revocation that comes first, comes late, is lower or is forged', async (t) => {
  const membership = membershipOf(credentialOf(7, { serial: 5 }));
  t.same(membership.revoke(revocationOf(7, 4)), { verdict: 'new', removed: null }, 'below the serial in use');
  t.same(membership.revoke(revocationOf(7, 3)), { verdict: 'known' }, 'below what is revoked');
  const forged = signRevocation(sodium, keyPair(7).secretKey, { id: nodeId(7), upToSerial: 9 });
  t.same(membership.revoke(forged), { verdict: 'forged' });
  t.equal(membership.revocations().get(nodeId(7))?.upToSerial, 4);
  t.not(holder(membership, 7), null);
  t.same(membership.revoke(revocationOf(8, 0)), { verdict: 'new', removed: null }, 'serial 0 can be revoked');
  t.match(membership.add(credentialOf(8, { serial: 0 }), NOW_S), { verdict: 'refused', reason: 'revoked' });
});

t.test(
  'a member stays one after its certificate expired, another device with the invite does not become one',
  async (t) => {
    const credential = credentialOf(7, { expiresAtS: LATER_S });
    const membership = membershipOf();
    t.equal(membership.add(credential, NOW_S).verdict, 'accepted');
    t.match(membership.add(credential, LATER_S + 1), { verdict: 'accepted', change: 'none' });
    const second = credentialOf(7, { expiresAtS: LATER_S, identity: keyPair(70) });
    t.match(membership.add(second, LATER_S + 1), { verdict: 'refused', reason: 'expired' });
    const renewed = credentialOf(7, { expiresAtS: LATER_S, serial: 2 });
    t.match(
      membership.add(renewed, LATER_S + 1),
      { verdict: 'refused', reason: 'expired' },
      'another certificate is judged anew',
    );
  },
);

t.test('revoking a witness puts out nobody it vouched for', async (t) => {
  const credential = witnessed(credentialOf(7, { expiresAtS: NOW_S }), 42, EARLIER_S);
  const membership = membershipOf(credentialOf(42));
  membership.add(credential, NOW_S);
  membership.revoke(revocationOf(42, 1));
  t.match(membership.add(credential, NOW_S), { verdict: 'accepted', change: 'none' });
});

t.test('the same identity with better papers is renewed, with worse ones unchanged', async (t) => {
  const membership = membershipOf(credentialOf(42));
  const plain = credentialOf(7, { serial: 2 });
  const seen = witnessed(plain, 42, 100);
  const promoted = credentialOf(7, { serial: 3, exit: true, relay: true });
  t.match(membership.add(plain, NOW_S), { change: 'new' });
  t.match(membership.add(seen, NOW_S), { change: 'renewed' }, 'with a witness');
  t.match(membership.add(plain, NOW_S), { change: 'none' });
  t.match(membership.add(witnessed(plain, 42, 99), NOW_S), { change: 'renewed' }, 'seen earlier');
  t.match(membership.add(promoted, NOW_S), { change: 'renewed' });
  t.match(membership.add(credentialOf(7, { serial: 1 }), NOW_S), { change: 'none' }, 'an older certificate');
  t.same(membership.member(nodeId(7))?.roles, { exit: true, relay: true });
  t.equal(membership.members().length, 2);
});

/** Counts how often signatures are verified. */
function counting(): { readonly sodium: Sodium; readonly count: () => number } {
  let verifications = 0;
  const wrapped: Sodium = new Proxy(sodium, {
    get(target, name) {
      if (name === 'verify') verifications += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { sodium: wrapped, count: () => verifications };
}

t.test('a credential seen again is not verified again; a forged one always is', async (t) => {
  const counted = counting();
  const membership = new Membership(counted.sodium, admin.publicKey);
  membership.add(credentialOf(42), NOW_S);
  const credential = witnessed(credentialOf(7, { expiresAtS: NOW_S }), 42, EARLIER_S);
  membership.add(credential, NOW_S);
  const after = counted.count();
  t.equal(after, 5, 'twice certificate and binding, and a witness');
  for (let again = 0; again < 100; again++) {
    membership.add(structuredClone(credential), NOW_S);
    membership.judge(structuredClone(credential), NOW_S);
  }
  t.equal(counted.count(), after);
  const forged = credentialOf(8, { adminSecretKey: keyPair(0xa1).secretKey });
  membership.judge(forged, NOW_S);
  membership.judge(forged, NOW_S);
  t.equal(counted.count(), after + 2);
});

t.test('the memory of what verified is bounded', async (t) => {
  const counted = counting();
  const membership = new Membership(counted.sodium, admin.publicKey);
  const first = credentialOf(7);
  membership.judge(first, NOW_S);
  for (let serial = 2; serial < 1_100; serial++) membership.judge(credentialOf(7, { serial }), NOW_S);
  const before = counted.count();
  membership.judge(first, NOW_S);
  t.equal(counted.count(), before + 2, 'the first was forgotten');
});

t.test('it comes back from a state file, without asking again whether it was in time', async (t) => {
  const membership = membershipOf(credentialOf(42));
  membership.add(credentialOf(7, { expiresAtS: LATER_S, relay: true }), NOW_S);
  membership.add(witnessed(credentialOf(8, { expiresAtS: NOW_S }), 42, EARLIER_S), NOW_S);
  membership.revoke(revocationOf(9, 4));
  const restored = membershipOf();
  restored.restore(JSON.parse(JSON.stringify(membership.save())));
  t.same(restored.save(), membership.save());
  t.same(restored.members(), membership.members());
  t.match(restored.add(credentialOf(9, { serial: 4 }), NOW_S), { reason: 'revoked' });
});

t.test('damaged state is dropped entry by entry', async (t) => {
  const good = membershipOf(credentialOf(42));
  good.revoke(revocationOf(9, 4));
  const saved = good.save();
  const foreign = membershipOf();
  foreign.readmit(credentialOf(7));
  const flipped = `${saved.credentials[0]!.slice(0, 100)}${saved.credentials[0]![100] === 'A' ? 'B' : 'A'}${saved.credentials[0]!.slice(101)}`;
  const restored = membershipOf();
  restored.restore({
    revocations: [null, 'AAAA', 5, saved.credentials[0], ...saved.revocations],
    credentials: [flipped, '', {}, saved.revocations[0], ...saved.credentials, `${foreign.save().credentials[0]!}=`],
  });
  t.same(restored.save(), saved);
  for (const nothing of [null, 'x', [], { credentials: 'x', revocations: 3 }]) {
    const empty = membershipOf();
    empty.restore(nothing);
    t.same(empty.save(), { revocations: [], credentials: [] });
  }
});
