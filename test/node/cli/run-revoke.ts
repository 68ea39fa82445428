import t from 'tap';
import { loadLedger } from '../../../node/setup/admin-ledger.ts';
import { ledgerPlace } from '../../../node/setup/read-config-file.ts';
import { guest, linkFrom, networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

t.test('without a running node a revocation waits for the next', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  await linkFrom(loaded, guest({ name: 'laptop' }));
  const revoked = await runCli(['revoke', '2', '--config', loaded.configPath]);
  t.match(revoked, { status: 0, stderr: '' });
  t.match(revoked.stdout, /Node 2 \("laptop"\) is put out.*\n.*as soon as this node runs: .*up.*\n.*rotate-key/);
  t.equal(loadLedger(ledgerPlace(loaded), 0).ledger.revocations.length, 1);
  const again = await runCli(['revoke', 'laptop', '--config', loaded.configPath, '--json']);
  t.same(JSON.parse(again.stdout), { id: 2, name: 'laptop', told: false });
});

t.test('what cannot be is a sentence', async (t) => {
  const { configPath } = await networkIn(shortFolder(t));
  const revoke = (id: string) => runCli(['revoke', id, '--config', configPath]);
  t.match(await revoke('3'), { status: 1, stdout: '', stderr: /never given out/ });
  t.match(await revoke('1'), { status: 1, stdout: '', stderr: /own number/ });
  t.match(await revoke('laptop'), { status: 2, stdout: '', stderr: /no node is called "laptop"\. There are: 1 \(/ });
});
