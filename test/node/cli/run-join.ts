import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { formatKeyText } from '../../../config/key-text.ts';
import { readConfigFile } from '../../../node/setup/read-config-file.ts';
import { guest, linkFrom, networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

t.test('a link is taken from the command line', async (t) => {
  const folder = shortFolder(t);
  const link = await linkFrom(await networkIn(folder), guest({ name: 'laptop' }), Date.now());
  const path = join(folder, 'b', 'uservpn.yaml');
  const joined = await runCli(['join', link, '--config', path, '--socks', '127.0.0.1:1080']);
  t.match(joined, { status: 0, stderr: '' });
  t.match(joined.stdout, /now node 2, "laptop"\./);
  t.match(joined.stdout, `up --config ${path}`);
  t.match(joined.stdout, /SOCKS5 proxy 127\.0\.0\.1:1080/);
  const { config } = readConfigFile(path);
  for (const key of [config.networkKey, config.identity]) t.notMatch(joined.stdout, formatKeyText(key));
  const again = await runCli(['join', link, '--config', path]);
  t.match(again, { status: 2, stdout: '', stderr: /exists already and is never overwritten/ });
});

t.test('a link is taken from standard input, wrapped or not', async (t) => {
  const folder = shortFolder(t);
  const roles = { exit: true, relay: false };
  const link = await linkFrom(await networkIn(folder), guest({ roles }), Date.now());
  const input = link.replaceAll(/(.{40})/g, '$1\n');
  const path = join(folder, 'b.yaml');
  const joined = await runCli(['join', '-', '--config', path, '--json'], { input });
  t.match(joined, { status: 0, stderr: '' });
  t.same(JSON.parse(joined.stdout), { config: path, id: 2, name: 'node-2', exit: true, relay: false });
  const shown = await runCli(['join', '-', '--config', join(folder, 'c.yaml')], { input });
  t.match(shown.stdout, /an exit.*\n.*\n.*listens nowhere/);
});

t.test('a relay is told what it is, and that it listens nowhere', async (t) => {
  const folder = shortFolder(t);
  const roles = { exit: false, relay: true };
  const link = await linkFrom(await networkIn(folder), guest({ roles }), Date.now());
  const joined = await runCli(['join', link, '--config', join(folder, 'b.yaml')]);
  t.match(joined.stdout, /node 2, "node-2", a relay\.\n.*\n.*listens nowhere/);
});

t.test('a damaged or expired link is refused, and nothing of it shown', async (t) => {
  const folder = shortFolder(t);
  const network = await networkIn(folder);
  const link = await linkFrom(network, guest(), Date.now());
  const path = join(folder, 'b.yaml');
  const damaged = await runCli(['join', '-', '--config', path], { input: link.slice(0, -3) });
  t.match(damaged, { status: 2, stdout: '', stderr: /cut off or mistyped/ });
  t.notMatch(damaged.stderr, link.slice(20, 60));
  const expired = await linkFrom(network, guest({ replace: true, expiresInSeconds: 1 }), Date.now() - 5_000);
  const late = await runCli(['join', expired, '--config', path]);
  t.match(late, { status: 1, stdout: '', stderr: /expired on .* Ask for a new invite/ });
  t.notOk(existsSync(path));
});
