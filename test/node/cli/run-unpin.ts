import t from 'tap';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('a site is forgotten, by its host or by the name of its pin', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const config = ['--config', loaded.configPath];
  const node = await runMadeUpNode(t, loaded);
  node.sites.pin('a.test', 3);
  t.match(await runCli(['unpin', 'www.a.test', ...config]), {
    status: 0,
    stdout: 'a.test has no exit now; its next connection chooses one.\n',
  });
  t.match(await runCli(['unpin', 'a.test', ...config]), { status: 0, stdout: 'a.test had no exit.\n' });
  t.match(JSON.parse((await runCli(['unpin', 'a.test', '--json', ...config])).stdout), { site: 'a.test', done: false });
});
