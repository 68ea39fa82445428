import t from 'tap';
import { decodeRevocation, verifyRevocation } from '../../../mesh/gossip/revocation.ts';
import { loadLedger } from '../../../node/setup/admin-ledger.ts';
import { makeInvite } from '../../../node/setup/make-invite.ts';
import { ledgerPlace } from '../../../node/setup/read-config-file.ts';
import { revokeNumber } from '../../../node/setup/sign-revocation.ts';
import { guest, MADE_AT_MS, meansAt, networkIn, nodeId } from '../fixtures/network.ts';

t.test('a revocation covers all that the number had, is signed, and is kept', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt();
  const { serial } = await makeInvite(loaded, guest({ name: 'laptop' }), means);
  const later = await meansAt(MADE_AT_MS + 60_000);
  const { document, name } = await revokeNumber(loaded, nodeId(2), false, later);
  t.equal(name, 'laptop');
  const revocation = decodeRevocation(document);
  t.ok(revocation !== null && verifyRevocation(means.sodium, loaded.config.adminPublicKey, revocation));
  t.match(
    revocation,
    { id: 2, upToSerial: serial + 60 },
    'up to now, for serials that a lost ledger may have given out',
  );
  const { ledger } = loadLedger(ledgerPlace(loaded), MADE_AT_MS);
  t.same(ledger.revocations, [Buffer.from(document).toString('base64')]);
});

t.test('where the clock was set back, all serials are covered all the same', async (t) => {
  const loaded = await networkIn(t.testdir());
  const { serial } = await makeInvite(loaded, guest(), await meansAt());
  const { document } = await revokeNumber(loaded, nodeId(2), false, await meansAt(MADE_AT_MS - 1e9));
  t.equal(decodeRevocation(document)?.upToSerial, serial);
});

t.test('of each number the newest revocation is kept', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt();
  for (const id of [2, 3].map(nodeId)) await makeInvite(loaded, guest({ id }), means);
  await revokeNumber(loaded, nodeId(2), false, means);
  await revokeNumber(loaded, nodeId(3), false, means);
  await revokeNumber(loaded, nodeId(2), false, await meansAt(MADE_AT_MS + 1_000));
  const { ledger } = loadLedger(ledgerPlace(loaded), MADE_AT_MS);
  const kept = ledger.revocations.map((text) => decodeRevocation(Buffer.from(text, 'base64')));
  t.match(kept, [{ id: 3 }, { id: 2, upToSerial: MADE_AT_MS / 1000 + 1 }]);
});

t.test('only numbers that were given out, and never the own one', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt();
  await t.rejects(revokeNumber(loaded, nodeId(2), false, means), { message: /never given out/ });
  await t.rejects(revokeNumber(loaded, nodeId(1), true, means), { message: /own number/ });
  const { name } = await revokeNumber(loaded, nodeId(2), true, means);
  t.equal(name, null, 'the mesh knows a number that the ledger lost');
});
