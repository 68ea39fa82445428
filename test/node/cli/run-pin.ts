import t from 'tap';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('a site is put at an exit; what is none is refused', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const config = ['--config', loaded.configPath];
  const node = await runMadeUpNode(t, loaded);
  t.match(await runCli(['pin', 'www.a.test', '3', ...config]), { status: 0, stdout: /^a\.test goes by exit 3/ });
  t.equal(node.sites.all()[0]!.site, 'a.test');
  t.match(JSON.parse((await runCli(['pin', 'a.test', '3', '--json', ...config])).stdout), {
    site: 'a.test',
    done: true,
  });
  t.match(await runCli(['pin', 'a.test', '9', ...config]), { status: 1, stderr: /Node 9 is no exit/ });
  t.match(await runCli(['pin', 'a b', '3', ...config]), { status: 1, stderr: /neither a host name nor an address/ });
  t.match(await runCli(['pin', 'a.test', ...config]), { status: 2 });
});
