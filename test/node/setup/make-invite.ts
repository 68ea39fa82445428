import t from 'tap';
import { parseInviteLink, type InviteLink } from '../../../config/invite-link.ts';
import { isFailure } from '../../../config/parse-failure.ts';
import { decodeCertificate, verifyCertificate } from '../../../mesh/gossip/certificate.ts';
import { decodeKeyChange } from '../../../mesh/gossip/key-change.ts';
import { makeInvite } from '../../../node/setup/make-invite.ts';
import { changeNetworkKey } from '../../../node/setup/sign-key-change.ts';
import { revokeNumber } from '../../../node/setup/sign-revocation.ts';
import { guest, linkFrom, MADE_AT_MS, meansAt, networkIn, nodeId } from '../fixtures/network.ts';

function read(link: string): InviteLink {
  const invite = parseInviteLink(link);
  if (isFailure(invite)) throw new Error(invite.error);
  return invite;
}

t.test('an invite holds what the admin certified, and where to go', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt(MADE_AT_MS + 5_000);
  const roles = { exit: true, relay: true };
  const made = await makeInvite(loaded, guest({ name: 'laptop', roles, expiresInSeconds: 60 }), means);
  const invite = read(made.link);
  const expiresSeconds = MADE_AT_MS / 1000 + 65;
  t.match(invite, { id: 2, name: 'laptop', expiresSeconds, servers: [{ id: 1, addresses: [{ port: 4840 }] }] });
  t.same(invite.networkKey, loaded.config.networkKey);
  const certificate = decodeCertificate(invite.certificate);
  t.match(certificate, { id: 2, roles, expiresAtS: expiresSeconds, serial: made.serial });
  t.ok(certificate !== null && verifyCertificate(means.sodium, loaded.config.adminPublicKey, certificate));
  t.same(certificate?.oneTimePublicKey, means.sodium.signKeyPair(invite.oneTimeSeed).publicKey);
  t.match(made, { expiresAtS: expiresSeconds, warning: null });
});

t.test('a number is given out once, until it is replaced or revoked', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt();
  const first = await makeInvite(loaded, guest({ name: 'laptop' }), means);
  for (const [seenInMesh, message] of [
    [true, /taken by "laptop".*--replace/],
    [null, /taken by "laptop".*--replace/],
    [false, /promised to "laptop", which was invited and has not come yet.*--replace/],
  ] as const) {
    await t.rejects(makeInvite(loaded, guest({ seenInMesh }), means), { code: 'failed', message });
  }
  const second = await makeInvite(loaded, guest({ replace: true }), means);
  t.equal(second.serial, first.serial + 1, 'the serial grows even where the clock stands');
  await revokeNumber(loaded, nodeId(2), false, means);
  const third = await makeInvite(loaded, guest(), means);
  t.ok(third.serial > second.serial);
});

t.test('a number that the mesh knows is taken even where the ledger was lost', async (t) => {
  const loaded = await networkIn(t.testdir());
  const means = await meansAt();
  await t.rejects(makeInvite(loaded, guest({ seenInMesh: true }), means), {
    message: /taken by a node of this network/,
  });
  await makeInvite(loaded, guest({ seenInMesh: true, replace: true }), means);
});

t.test("this node's own number stays its own", async (t) => {
  const loaded = await networkIn(t.testdir());
  const own = guest({ id: nodeId(1), replace: true });
  await t.rejects(makeInvite(loaded, own, await meansAt()), { message: /own number/ });
});

t.test('without an address nobody is invited', async (t) => {
  for (const listen of [[], ['udp://0.0.0.0:4840'], ['tcp://127.0.0.1:0']]) {
    const loaded = await networkIn(t.testdir(), listen);
    await t.rejects(makeInvite(loaded, guest(), await meansAt()), { message: /Nobody could use an invite/ });
  }
});

t.test('after a rotation the new key is handed out', async (t) => {
  const loaded = await networkIn(t.testdir());
  const { document } = await changeNetworkKey(loaded, 3_600, await meansAt());
  t.same(read(await linkFrom(loaded)).networkKey, decodeKeyChange(document)?.networkKey);
});

t.test('eight invites at once get eight numbers into the ledger', async (t) => {
  const loaded = await networkIn(t.testdir());
  const ids = [2, 3, 4, 5, 6, 7, 8, 9].map(nodeId);
  await Promise.all(ids.map((id) => linkFrom(loaded, { id })));
  for (const id of ids) await t.rejects(linkFrom(loaded, { id }), { message: /is promised/ });
});
