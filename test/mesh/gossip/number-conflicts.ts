// Several identities with one number: who holds it, whatever comes first (PROTOCOL section 2, rule 4).
import fc from 'fast-check';
import t from 'tap';
import type { Credential } from '../../../mesh/gossip/credential.ts';
import { credentialOf, keyPair, toHex, witnessed } from './fixtures/documents.ts';
import { holder, LATER_S, membershipOf, NOW_S, revocationOf } from './fixtures/memberships.ts';

t.test('rule 4, as a table: the first of each pair wins, whichever comes first', async (t) => {
  const ids = [credentialOf(42), credentialOf(43)];
  const [low, high] = [keyPair(1), keyPair(2)].sort((a, b) => Buffer.compare(a.publicKey, b.publicKey));
  if (low === undefined || high === undefined) throw new Error('there are two');
  const of = (identity = low, serial = 1) => credentialOf(7, { identity, serial });
  const table: readonly (readonly [string, Credential, Credential])[] = [
    ['the higher serial', of(high, 2), witnessed(of(low, 1), 42, 1)],
    ['one with a witness', witnessed(of(high), 42, 500), of(low)],
    ['the one seen earlier', witnessed(of(high), 43, 499), witnessed(of(low), 42, 500)],
    ['the lower identity', of(low), of(high)],
    ['the lower identity where both were seen at once', witnessed(of(low), 42, 5), witnessed(of(high), 43, 5)],
    ['an unknown witness counts for nothing', of(low), witnessed(of(high), 44, 1)],
    ['a forged witness counts for nothing', of(low), witnessed(of(high), 42, 1, keyPair(43))],
    ['its own witness counts for nothing', of(low), witnessed(of(high), 7, 1)],
  ];
  for (const [name, better, worse] of table) {
    const first = membershipOf(...ids);
    t.match(first.add(better, NOW_S), { verdict: 'accepted', change: 'new', displaced: null }, name);
    t.match(first.add(worse, NOW_S), { verdict: 'refused', reason: 'outranked' }, name);
    const second = membershipOf(...ids);
    t.match(second.add(worse, NOW_S), { verdict: 'accepted', change: 'new', displaced: null }, name);
    const addition = second.add(better, NOW_S);
    t.match(addition, { verdict: 'accepted', change: 'new', displaced: worse.binding.identity }, name);
    for (const membership of [first, second]) t.equal(holder(membership, 7), toHex(better.binding.identity), name);
  }
});

t.test('all orders give the same members, with conflicts, witnesses, expiry and revocations', async (t) => {
  const pool: readonly Credential[] = [
    credentialOf(1),
    credentialOf(2, { expiresAtS: LATER_S }),
    // Number 3 is claimed by three devices with one invite, which expired.
    witnessed(credentialOf(3, { identity: keyPair(31), expiresAtS: NOW_S }), 1, 600),
    witnessed(credentialOf(3, { identity: keyPair(32), expiresAtS: NOW_S }), 2, 500),
    credentialOf(3, { identity: keyPair(33), expiresAtS: NOW_S }),
    // Number 4's witness is number 3's winner, number 5's is number 3's loser.
    witnessed(credentialOf(4, { expiresAtS: 900 }), 3, 700, keyPair(32)),
    witnessed(credentialOf(5, { expiresAtS: 900 }), 3, 700, keyPair(31)),
    // Number 6 was certified again; the older device is still about.
    credentialOf(6, { identity: keyPair(61), serial: 1 }),
    credentialOf(6, { identity: keyPair(62), serial: 2 }),
    credentialOf(6, { identity: keyPair(63), serial: 3 }),
    // Number 7 was revoked.
    credentialOf(7, { serial: 2 }),
    // Number 8: unexpired, both seen.
    witnessed(credentialOf(8, { identity: keyPair(81) }), 1, 10),
    witnessed(credentialOf(8, { identity: keyPair(82) }), 2, 9),
    credentialOf(8, { identity: keyPair(82) }),
  ];
  const revocations = [revocationOf(6, 1), revocationOf(7, 1), revocationOf(7, 2), revocationOf(6, 0)];
  const expected = new Map([
    [1, 1],
    [2, 2],
    [3, 32],
    [4, 4],
    [6, 63],
    [8, 82],
  ]);
  type Step = (typeof pool)[number] | (typeof revocations)[number];
  const steps: readonly Step[] = [...pool, ...revocations];
  const orders = fc.shuffledSubarray([...steps], { minLength: steps.length, maxLength: steps.length });
  fc.assert(
    fc.property(orders, (order) => {
      // A witness counts while it holds its number, and number 5's loses it: number 3's winner is known from the start.
      const membership = membershipOf(pool[0]!, pool[1]!, pool[3]!);
      for (const step of order)
        if ('upToSerial' in step) membership.revoke(step);
        else membership.add(step, NOW_S);
      // Gossip offers again what waited for others.
      for (let again = 0; again < 3; again++) for (const credential of pool) membership.add(credential, NOW_S);
      for (let number = 1; number <= 8; number++) {
        const seed = expected.get(number);
        t.equal(
          holder(membership, number),
          seed === undefined ? null : toHex(keyPair(seed).publicKey),
          `number ${number}`,
        );
      }
    }),
    { seed: 4, numRuns: 60 },
  );
});

t.test('who wins a number does not depend on the order, for any set of claims', async (t) => {
  const claim = fc.record({
    identity: fc.integer({ min: 10, max: 14 }),
    serial: fc.integer({ min: 1, max: 2 }),
    expires: fc.constantFrom(0, NOW_S, LATER_S),
    witness: fc.constantFrom(null, 1, 2, 3),
    seenAtS: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(claim, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat()), (claims, random) => {
      const credentials = claims.map(({ identity, serial, expires, witness, seenAtS }) => {
        const plain = credentialOf(9, { identity: keyPair(identity), serial, expiresAtS: expires });
        return witness === null ? plain : witnessed(plain, witness, seenAtS);
      });
      // 1 and 2 are members from the start, 3 becomes one in the end: then everything is offered once more.
      const run = (order: readonly Credential[]): string | null => {
        const membership = membershipOf(credentialOf(1), credentialOf(2));
        for (const credential of order) membership.add(credential, NOW_S);
        membership.add(credentialOf(3), NOW_S);
        for (const credential of order) membership.add(credential, NOW_S);
        return holder(membership, 9);
      };
      const shuffled = credentials
        .map((credential) => ({ credential, at: random.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ credential }) => credential);
      const winner = run(credentials);
      t.equal(run(shuffled), winner);
      t.equal(run(credentials.toReversed()), winner);
    }),
    { seed: 5, numRuns: 100 },
  );
});
