import t from 'tap';
import { runMadeUpNode, STATUS } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('status, for people and for programs', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const args = ['status', '--config', loaded.configPath];
  t.match(await runCli(args), { status: 1, stdout: '', stderr: /No node runs for/ });
  await runMadeUpNode(t, loaded);
  const shown = await runCli(args);
  t.match(shown, { status: 0, stderr: '' });
  for (const line of [
    /^node +1, "amber", an exit$/m,
    /^process +4711, up for 1 h 2 min, 70\.0 MB$/m,
    /^version +0\.1\.0, sodium-native$/m,
    /^listens on +udp:\/\/127\.0\.0\.1:4840$/m,
    /^proxy +127\.0\.0\.1:1080, 5 connections$/m,
    /^as an exit +6 connections$/m,
    /^mesh +2 other nodes known, 1 of them up$/m,
  ]) {
    t.match(shown.stdout, line);
  }
  const json = await runCli([...args, '--json']);
  t.same(JSON.parse(json.stdout), STATUS);
});
