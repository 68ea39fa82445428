import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { formatInviteLink, parseInviteLink, type InviteLink } from '../../../config/invite-link.ts';
import { isFailure } from '../../../config/parse-failure.ts';
import { joinNetwork } from '../../../node/setup/join-network.ts';
import { requireCredential } from '../../../node/setup/own-credential.ts';
import { parseNodeSettings } from '../../../node/setup/parse-options.ts';
import { readConfigFile } from '../../../node/setup/read-config-file.ts';
import { linkFrom, MADE_AT_MS, meansAt, networkIn, nodeId } from '../fixtures/network.ts';

const SETTINGS = parseNodeSettings({ listen: [], advertise: [], socks: '127.0.0.1:1080', allowPrivate: false });

/** The same link with something else in it. */
function altered(link: string, change: (invite: InviteLink) => InviteLink): string {
  const invite = parseInviteLink(link);
  if (isFailure(invite)) throw new Error(invite.error);
  const changed = formatInviteLink(change(invite));
  if (typeof changed !== 'string') throw new Error(changed.error);
  return changed;
}

t.test('whoever joins has an identity of its own, and everything else from the invite', async (t) => {
  const folder = t.testdir();
  const network = await networkIn(folder);
  const link = await linkFrom(network, { name: 'laptop', roles: { exit: true, relay: false } });
  const means = await meansAt(MADE_AT_MS + 3_599_000);
  const path = join(folder, 'b', 'uservpn.yaml');
  const { certificate } = joinNetwork(path, link, SETTINGS, means);
  t.match(certificate, { id: 2, roles: { exit: true } });
  const loaded = readConfigFile(path);
  t.ok(requireCredential(means.sodium, loaded));
  t.match(loaded.config, { id: 2, name: 'laptop', servers: [{ id: 1 }], socks: { listen: { port: 1080 } } });
  t.equal(loaded.config.adminKey, undefined);
  t.same(loaded.config.networkKey, network.config.networkKey);
  t.notSame(loaded.config.identity, network.config.identity);
  t.throws(() => joinNetwork(path, link, SETTINGS, means), { message: /never overwritten/ });
});

t.test('an expired invite is refused to the second', async (t) => {
  const folder = t.testdir();
  const link = await linkFrom(await networkIn(folder));
  const path = join(folder, 'b.yaml');
  const late = await meansAt(MADE_AT_MS + 3_600_000);
  t.throws(() => joinNetwork(path, link, SETTINGS, late), { code: 'failed', message: /expired on 2026-11-21 01:00/ });
  t.notOk(existsSync(path));
});

t.test('nothing in a link can be changed without the admin', async (t) => {
  const folder = t.testdir();
  const network = await networkIn(folder);
  const link = await linkFrom(network);
  const other = await linkFrom(network, { id: nodeId(3) });
  const otherInvite = parseInviteLink(other);
  if (isFailure(otherInvite)) throw new Error(otherInvite.error);
  const means = await meansAt();
  const flip = (bytes: Uint8Array, at: number): Uint8Array =>
    bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  const forgeries: readonly (readonly [string, (invite: InviteLink) => InviteLink])[] = [
    ['another number', (invite) => ({ ...invite, id: nodeId(9) })],
    ['a later expiry', (invite) => ({ ...invite, expiresSeconds: invite.expiresSeconds + 1 })],
    ['no expiry', (invite) => ({ ...invite, expiresSeconds: 0 })],
    ['another role', (invite) => ({ ...invite, certificate: flip(invite.certificate, 2) })],
    ['another signature', (invite) => ({ ...invite, certificate: flip(invite.certificate, 106) })],
    ['another one-time key', (invite) => ({ ...invite, oneTimeSeed: flip(invite.oneTimeSeed, 0) })],
    ['another admin', (invite) => ({ ...invite, adminPublicKey: flip(invite.adminPublicKey, 0) })],
    ["another invite's certificate", (invite) => ({ ...invite, certificate: otherInvite.certificate })],
  ];
  for (const [name, change] of forgeries) {
    const forged = altered(link, change);
    const path = join(folder, 'b.yaml');
    t.throws(() => joinNetwork(path, forged, SETTINGS, means), { code: 'usage', message: /not made by this/ }, name);
    t.notOk(existsSync(path));
  }
});

t.test('what is no link is not repeated', async (t) => {
  const path = join(t.testdir(), 'b.yaml');
  const means = await meansAt();
  t.throws(() => joinNetwork(path, 'secret-but-wrong', SETTINGS, means), {
    message: /^((?!secret).)*no invite link.*$/,
  });
});
