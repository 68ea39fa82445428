import t from 'tap';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('sites and their exits, the last used first', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const config = ['--config', loaded.configPath];
  const node = await runMadeUpNode(t, loaded);
  t.match(await runCli(['sites', ...config]), { status: 0, stdout: 'No site has an exit yet.\n' });
  node.sites.pin('www.b.test', 3);
  node.sites.pin('a.test', 3);
  const shown = await runCli(['sites', ...config]);
  t.match(shown.stdout, /^SITE.*\na\.test +3 +user +2026-01-01 00:00.* 0\nb\.test /);
  const exit = node.pins.all(0)[0]!.exit;
  node.pins.showed('b.test', exit, '8.0.0.1', 0);
  t.match((await runCli(['sites', ...config])).stdout, /SEEN AS +STREAMS\na\.test .* - +0\nb\.test .* 8\.0\.0\.1 +0\n/);
  const json = JSON.parse((await runCli(['sites', '--json', ...config])).stdout);
  t.match(json, [{ site: 'a.test', exit: 3, reason: 'user', openStreams: 0, moves: [] }, { site: 'b.test' }]);
});
