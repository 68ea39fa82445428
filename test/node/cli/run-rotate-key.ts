import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { formatKeyText } from '../../../config/key-text.ts';
import { decodeKeyChange } from '../../../mesh/gossip/key-change.ts';
import { locateProcess } from '../../../node/control/single-process.ts';
import { makePrivateFolder } from '../../../node/files/atomic-write.ts';
import { loadLedger } from '../../../node/setup/admin-ledger.ts';
import { ledgerPlace } from '../../../node/setup/read-config-file.ts';
import { guest, linkFrom, networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

t.test('a new key is made, not shown, and waits for the next start', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const rotated = await runCli(['rotate-key', '--config', loaded.configPath, '--grace', '2d']);
  t.match(rotated, { status: 0, stderr: '' });
  t.match(rotated.stdout, /new key.*\n.*as soon as this node runs.*\nThe old key is accepted until 20\d\d-/);
  const text = loadLedger(ledgerPlace(loaded), 0).ledger.keyChange ?? '';
  const change = decodeKeyChange(Buffer.from(text, 'base64'));
  if (change === null) throw new Error('there is no key change');
  t.ok(Math.abs(change.oldKeyEndsAtS - Date.now() / 1000 - 2 * 86_400) < 120);
  t.notMatch(rotated.stdout, formatKeyText(change.networkKey));
  const json = await runCli(['rotate-key', '--config', loaded.configPath, '--json']);
  t.match(JSON.parse(json.stdout), { told: false, oldKeyEnds: /^20\d\d-/ });
});

t.test('nothing is changed where the node that runs does not answer, or only afterwards', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const { configPath, stateFolder } = loaded;
  makePrivateFolder(stateFolder);
  let answered = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (answered-- > 0) socket.end('{"type":"end"}\n');
  }).listen(locateProcess(stateFolder).socketPath);
  await once(server, 'listening');
  t.teardown(() => server.close());
  const silent = await runCli(['rotate-key', '--config', configPath]);
  t.match(silent, { status: 1, stdout: '', stderr: /^uservpn: A process .* does not answer/ });
  const keyChange = () => loadLedger(ledgerPlace(loaded), 0).ledger.keyChange;
  t.equal(keyChange(), null);
  answered = 1;
  const late = await runCli(['rotate-key', '--config', configPath]);
  t.match(late, { status: 1, stdout: '', stderr: /^uservpn: The network has a new key, .* does not answer/ });
  t.type(keyChange(), 'string');
});

t.test('only the node with the admin key invites, revokes and rotates', async (t) => {
  const folder = shortFolder(t);
  const link = await linkFrom(await networkIn(folder), guest(), Date.now());
  const member = join(folder, 'b', 'b.yaml');
  await runCli(['join', '-', '--config', member], { input: link });
  for (const args of [['invite', '--id', '3'], ['revoke', '1'], ['rotate-key']]) {
    t.match(await runCli([...args, '--config', member]), { status: 1, stdout: '', stderr: /admin key.*uservpn init/ });
  }
  t.match(await runCli(['rotate-key', '--grace', '0d', '--config', member]), { status: 2, stderr: /--grace: / });
});
