import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Config } from '../../../config/config.ts';
import { formatKeyText } from '../../../config/key-text.ts';
import { parseConfig } from '../../../config/parse-config.ts';
import { decodeCredential, verifyCredential } from '../../../mesh/gossip/credential.ts';
import { decodeKeyChange, verifyKeyChange } from '../../../mesh/gossip/key-change.ts';
import { decodeRevocation, verifyRevocation } from '../../../mesh/gossip/revocation.ts';
import { loadLedger } from '../../../node/setup/admin-ledger.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

function configAt(path: string): Config {
  const parsed = parseConfig(readFileSync(path, 'utf8'));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.config;
}

// Each command is a process of its own.
t.setTimeout(120_000);

/** Everything in a configuration that must not leave it. */
function secretsOf(config: Config): string[] {
  return [config.networkKey, config.identity, ...(config.adminKey === undefined ? [] : [config.adminKey])].map(
    formatKeyText,
  );
}

const SERVER = ['--exit', '--listen', 'udp://127.0.0.1:4840', '--name', 'amber', '--country', 'DE'];

t.test('a network is made, others are invited and join it', async (t) => {
  const sodium = await loadSodium();
  const folder = shortFolder(t);
  const first = join(folder, 'a', 'uservpn.yaml');
  const made = await runCli(['init', '--config', first, '--id', '1', '--allow-private', ...SERVER]);
  t.match(made, { status: 0, stderr: '' });
  t.match(made.stdout, /uservpn|node .*up --config/);
  t.equal(statSync(first).mode & 0o777, 0o600);
  const network = configAt(first);
  t.match(network, { id: 1, name: 'amber', country: 'DE', exit: { allowPrivate: true }, listen: [{ port: 4840 }] });
  for (const secret of secretsOf(network)) t.notMatch(made.stdout, secret);

  const invited = await runCli(['invite', '--config', first, '--id', '2', '--link-only']);
  t.match(invited, { status: 0, stderr: '', stdout: /^uservpn:\/\/join\/[\w-]+\n$/ });
  const second = join(folder, 'b', 'uservpn.yaml');
  const joined = await runCli(['join', invited.stdout.trim(), '--config', second, '--socks', '127.0.0.1:1080']);
  t.match(joined, { status: 0, stderr: '' });
  t.equal(statSync(second).mode & 0o777, 0o600);
  const member = configAt(second);
  t.same(member.networkKey, network.networkKey);
  t.same(member.adminPublicKey, network.adminPublicKey);
  t.equal(member.adminKey, undefined);
  t.match(member, { id: 2, name: 'node-2', socks: { listen: { host: '127.0.0.1', port: 1080 } } });
  t.match(member.servers, [{ id: 1, addresses: [{ transport: 'udp', host: '127.0.0.1', port: 4840 }] }]);
  for (const secret of secretsOf(member)) t.notMatch(joined.stdout, secret);
  for (const { credential, identity } of [network, member]) {
    const decoded = decodeCredential(credential);
    t.ok(decoded !== null && verifyCredential(sodium, network.adminPublicKey, decoded));
    t.same(decoded?.binding.identity, sodium.signKeyPair(identity).publicKey);
  }
  t.match(decodeCredential(member.credential)?.certificate, { id: 2, roles: { exit: false, relay: false } });

  const again = await runCli(['join', invited.stdout.trim(), '--config', second]);
  t.match(again, { status: 2, stdout: '', stderr: /exists already and is never overwritten/ });
  t.same(configAt(second), member);
  t.match(await runCli(['init', '--config', first, '--id', '9']), { status: 2, stderr: /never overwritten/ });
  t.same(configAt(first), network);
});

t.test('a link comes from standard input, wrapped or not, with nothing of it shown', async (t) => {
  const folder = shortFolder(t);
  const first = join(folder, 'a.yaml');
  await runCli(['init', '--config', first, '--id', '1', ...SERVER]);
  const invite = await runCli(['invite', '--config', first, '--id', '7', '--exit', '--relay', '--json']);
  const { link } = JSON.parse(invite.stdout) as { link: string };
  const wrapped = link.replaceAll(/(.{40})/g, '$1\n');
  const joined = await runCli(['join', '-', '--config', join(folder, 'b.yaml'), '--json'], { input: wrapped });
  t.match(joined, { status: 0, stderr: '' });
  t.match(JSON.parse(joined.stdout), { id: 7, name: 'node-7', exit: true });
  const damaged = await runCli(['join', '-', '--config', join(folder, 'c.yaml')], { input: link.slice(0, -3) });
  t.match(damaged, { status: 2, stderr: /cut off or mistyped/ });
  t.notMatch(damaged.stderr, link.slice(20, 60));
  t.notOk(existsSync(join(folder, 'c.yaml')));
});

t.test('numbers are given out once, and again only when told or after a revocation', async (t) => {
  const sodium = await loadSodium();
  const folder = shortFolder(t);
  const config = join(folder, 'a.yaml');
  await runCli(['init', '--config', config, '--id', '1', ...SERVER]);
  const invite = async (...more: string[]) => runCli(['invite', '--config', config, '--id', '2', '--json', ...more]);
  const serial = (stdout: string): number => (JSON.parse(stdout) as { serial: number }).serial;
  const first = await invite('--name', 'laptop');
  t.match(await invite(), { status: 1, stdout: '', stderr: /Number 2 is taken by "laptop".*--replace/ });
  const second = await invite('--replace');
  t.ok(serial(second.stdout) > serial(first.stdout));
  t.match(await runCli(['invite', '--config', config, '--id', '1']), { status: 1, stderr: /own number/ });

  const revoked = await runCli(['revoke', '2', '--config', config, '--json']);
  t.match(revoked, { status: 0, stderr: '' });
  t.match(JSON.parse(revoked.stdout), { id: 2, told: false });
  const { adminPublicKey } = configAt(config);
  const { ledger } = loadLedger({ stateFolder: join(folder, 'state'), adminPublicKey }, 0);
  const revocation = decodeRevocation(Buffer.from(ledger.revocations[0] ?? '', 'base64'));
  t.ok(revocation !== null && verifyRevocation(sodium, adminPublicKey, revocation));
  t.ok(revocation !== null && revocation.id === 2 && revocation.upToSerial >= serial(second.stdout));
  const third = await invite();
  t.equal(third.status, 0, 'a revoked number is free');
  t.ok(serial(third.stdout) > (revocation?.upToSerial ?? 0), 'and the revocation does not cover its new certificate');
  t.match(await runCli(['revoke', '3', '--config', config]), { status: 1, stderr: /never given out/ });
  t.match(await runCli(['revoke', '1', '--config', config]), { status: 1, stderr: /own number/ });
});

t.test('an expired invite is refused', async (t) => {
  const folder = shortFolder(t);
  const config = join(folder, 'a.yaml');
  await runCli(['init', '--config', config, '--id', '1', ...SERVER]);
  const invite = await runCli(['invite', '--config', config, '--id', '2', '--link-only', '--expires', '1s']);
  // The command itself checks the clock: it is waited until that second is over, not for a fixed time.
  for (const untilMs = Date.now() + 1_100; Date.now() < untilMs; ) await new Promise((resolve) => setTimeout(resolve, 50));
  const joined = await runCli(['join', invite.stdout.trim(), '--config', join(folder, 'b.yaml')]);
  t.match(joined, { status: 1, stdout: '', stderr: /expired on .* Ask for a new invite/ });
  t.notOk(existsSync(join(folder, 'b.yaml')));
});

t.test('a rotated key goes into later invites, and is signed for the others', async (t) => {
  const sodium = await loadSodium();
  const folder = shortFolder(t);
  const config = join(folder, 'a.yaml');
  await runCli(['init', '--config', config, '--id', '1', ...SERVER]);
  const rotated = await runCli(['rotate-key', '--config', config, '--grace', '2d', '--json']);
  t.match(rotated, { status: 0, stderr: '' });
  const before = configAt(config);
  const place = { stateFolder: join(folder, 'state'), adminPublicKey: before.adminPublicKey };
  const change = decodeKeyChange(Buffer.from(loadLedger(place, 0).ledger.keyChange ?? '', 'base64'));
  if (change === null) throw new Error('no key change in the ledger');
  t.ok(verifyKeyChange(sodium, before.adminPublicKey, change));
  t.notSame(change.networkKey, before.networkKey);
  t.equal(new Date(change.oldKeyEndsAtS * 1000).toISOString(), JSON.parse(rotated.stdout).oldKeyEnds);
  const invite = await runCli(['invite', '--config', config, '--id', '2', '--link-only']);
  await runCli(['join', '-', '--config', join(folder, 'b', 'b.yaml')], { input: invite.stdout });
  t.same(configAt(join(folder, 'b', 'b.yaml')).networkKey, change.networkKey);
  t.notMatch(rotated.stdout, formatKeyText(change.networkKey));
  const again = await runCli(['rotate-key', '--config', config]);
  t.equal(again.status, 0);
  const next = decodeKeyChange(Buffer.from(loadLedger(place, 0).ledger.keyChange ?? '', 'base64'));
  t.ok(next !== null && next.serial > change.serial);
});

t.test('only the node with the admin key invites, revokes and rotates', async (t) => {
  const folder = shortFolder(t);
  const config = join(folder, 'a.yaml');
  const member = join(folder, 'b', 'b.yaml');
  await runCli(['init', '--config', config, '--id', '1', ...SERVER]);
  const invite = await runCli(['invite', '--config', config, '--id', '2', '--link-only']);
  await runCli(['join', '-', '--config', member], { input: invite.stdout });
  for (const args of [['invite', '--id', '3'], ['revoke', '1'], ['rotate-key']]) {
    t.match(await runCli([...args, '--config', member]), { status: 1, stdout: '', stderr: /admin key.*uservpn init/ });
  }
});

t.test('nobody is invited to a network that cannot be reached', async (t) => {
  const config = join(shortFolder(t), 'a.yaml');
  const made = await runCli(['init', '--config', config, '--id', '1', '--listen', 'udp://0.0.0.0:4840']);
  t.match(made, { status: 0, stdout: /does not know the address.*advertise/ });
  t.match(await runCli(['invite', '--config', config, '--id', '2']), { status: 1, stderr: /Nobody could use an invite/ });
});

t.test('the QR code comes with the link', async (t) => {
  const config = join(shortFolder(t), 'a.yaml');
  await runCli(['init', '--config', config, '--id', '1', ...SERVER]);
  const shown = await runCli(['invite', '--config', config, '--id', '2']);
  t.match(shown.stdout, /[▀▄█]{20}/);
  t.match(shown.stdout, /^uservpn:\/\/join\//m);
  t.match(shown.stdout, /uservpn join -/);
});

t.test('a folder that cannot be written to is a sentence', async (t) => {
  const folder = t.testdir({ file: '' });
  const made = await runCli(['init', '--id', '1', '--config', join(folder, 'file', 'uservpn.yaml')]);
  t.match(made, { status: 1, stdout: '', stderr: /^uservpn: Could not write .*file: .*--config FILE\.\n$/ });
  t.same(readdirSync(folder), ['file']);
});
