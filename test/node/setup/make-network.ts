import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeCredential, verifyCredential } from '../../../mesh/gossip/credential.ts';
import { loadLedger } from '../../../node/setup/admin-ledger.ts';
import { makeNetwork } from '../../../node/setup/make-network.ts';
import { parseNodeSettings } from '../../../node/setup/parse-options.ts';
import { ledgerPlace, readConfigFile } from '../../../node/setup/read-config-file.ts';
import { MADE_AT_MS, meansAt, networkIn, nodeId } from '../fixtures/network.ts';

t.test('a network has fresh keys, and its first node a credential that never expires', async (t) => {
  const loaded = await networkIn(t.testdir());
  const { config } = loaded;
  const { sodium } = await meansAt();
  t.equal(statSync(loaded.configPath).mode & 0o777, 0o600);
  const admin = sodium.signKeyPair(config.adminKey ?? new Uint8Array(32));
  t.same(config.adminPublicKey, admin.publicKey);
  const credential = decodeCredential(config.credential);
  t.ok(credential !== null && verifyCredential(sodium, admin.publicKey, credential));
  const serial = MADE_AT_MS / 1000;
  t.match(credential?.certificate, { id: 1, roles: { exit: true, relay: false }, serial, expiresAtS: 0 });
  t.same(credential?.binding.identity, sodium.signKeyPair(config.identity).publicKey);
  const { ledger } = loadLedger(ledgerPlace(loaded), MADE_AT_MS);
  t.same(ledger.numbers, { 1: { name: 'amber', serial, revoked: false } });
  const secrets = [config.networkKey, config.identity, config.adminKey].map((key) =>
    Buffer.from(key ?? []).toString('hex'),
  );
  t.equal(new Set(secrets).size, 3);
});

t.test('what is said of a node is in its configuration', async (t) => {
  const configPath = join(t.testdir(), 'new', 'folder', 'x.yaml');
  const settings = parseNodeSettings({
    listen: ['udp://0.0.0.0:4840'],
    advertise: ['udp://203.0.113.7:4840'],
    socks: '127.0.0.1:1080',
    allowPrivate: true,
  });
  await makeNetwork(
    configPath,
    { ...settings, id: nodeId(9), country: 'JP', exit: false, relay: true },
    await meansAt(),
  );
  const { config } = readConfigFile(configPath);
  t.match(config, {
    id: 9,
    name: 'node-9',
    country: 'JP',
    exit: { allowPrivate: true },
    listen: [{ host: '0.0.0.0' }],
    advertise: [{ host: '203.0.113.7' }],
    socks: { listen: { port: 1080 } },
  });
  t.same(decodeCredential(config.credential)?.certificate.roles, { exit: false, relay: true });
});

t.test('nothing is overwritten', async (t) => {
  const folder = t.testdir({ 'uservpn.yaml': 'precious' });
  await t.rejects(networkIn(folder), { code: 'configuration', message: /never overwritten/ });
  t.equal(readFileSync(join(folder, 'uservpn.yaml'), 'utf8'), 'precious');
});
