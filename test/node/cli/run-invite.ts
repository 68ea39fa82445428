import t from 'tap';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

t.test('an invite is a QR code, a link, and how to use it; or the link alone', async (t) => {
  const { configPath } = await networkIn(shortFolder(t));
  const shown = await runCli(['invite', '--config', configPath, '--id', '2', '--name', 'laptop']);
  t.match(shown, { status: 0, stderr: '' });
  t.match(shown.stdout, /[▀▄█]{20}/);
  t.match(shown.stdout, /^uservpn:\/\/join\/[\w-]+$/m);
  t.match(shown.stdout, /node 2, "laptop", if it is used before 20\d\d-.*\n.*\n {2}uservpn join -/);
  const alone = await runCli(['invite', '--config', configPath, '--id', '3', '--link-only']);
  t.match(alone, { status: 0, stderr: '', stdout: /^uservpn:\/\/join\/[\w-]+\n$/ });
  const json = await runCli(['invite', '--config', configPath, '--id', '4', '--json', '--expires', '1h']);
  const { expires, ...rest } = JSON.parse(json.stdout) as { expires: string };
  t.match(rest, { id: 4, name: 'node-4', link: /^uservpn:/, serial: Number });
  t.ok(Math.abs(Date.parse(expires) - Date.now() - 3_600_000) < 120_000);
});

t.test('what cannot be is a sentence', async (t) => {
  const { configPath } = await networkIn(shortFolder(t));
  const invite = (...args: string[]) => runCli(['invite', '--config', configPath, ...args]);
  t.match(await invite('--id', '1'), { status: 1, stdout: '', stderr: /own number/ });
  t.match(await invite('--id', '2', '--expires', 'soon'), { status: 2, stderr: /--expires: .*such as 7d/ });
  t.match(await invite('--id', '2', '--json', '--link-only'), { status: 2, stderr: /not both/ });
  await invite('--id', '2');
  t.match(await invite('--id', '2'), { status: 1, stdout: '', stderr: /taken by "node-2".*--replace/ });
  t.match(await invite('--id', '2', '--replace', '--link-only'), { status: 0, stdout: /^uservpn:/ });
});
