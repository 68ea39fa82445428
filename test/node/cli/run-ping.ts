import { once } from 'node:events';
import t from 'tap';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { collect, runCli, startCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('pings are shown as they come', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const ping = (...args: string[]) => runCli(['ping', ...args, '--config', loaded.configPath]);
  const node = await runMadeUpNode(t, loaded);
  const shown = await ping('3', '--count', '3', '--interval', '0.01');
  const answer = 'node 3: 2.0 ms\n';
  const summary = '3 of 3 answered; min 2.0 ms, mean 2.0 ms, max 2.0 ms\n';
  t.match(shown, { status: 0, stderr: '', stdout: answer.repeat(3) + summary });
  const json = await ping('3', '--count', '2', '--interval', '0.01', '--json');
  t.equal(json.stdout, '{"sequence":1,"rttMs":2}\n{"sequence":2,"rttMs":2}\n');
  t.match(await ping(node.views[0]!.name, '--count', '1'), { status: 0, stdout: answer }, 'by its name');
  t.match(await ping('nobody'), { status: 2, stderr: /no node is called "nobody"\. There are: 1 .*, 3 / });
});

t.test('Ctrl-C ends it with the summary', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  await runMadeUpNode(t, loaded);
  const child = startCli(['ping', '3', '--count', '10000', '--interval', '0.01', '--config', loaded.configPath]);
  const ended = collect(child);
  let lines = 0;
  while (lines < 3) lines += String(await once(child.stdout!, 'data')).split('\n').length - 1;
  child.kill('SIGINT');
  t.match(await ended, {
    status: 0,
    stderr: '',
    stdout: /\n(\d+) of \1 answered; min 2\.0 ms, mean 2\.0 ms, max 2\.0 ms\n$/,
  });
});

t.test('what cannot be pinged is a sentence', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const ping = (...args: string[]) => runCli(['ping', ...args, '--config', loaded.configPath]);
  await runMadeUpNode(t, loaded);
  t.match(await ping('1'), { status: 1, stdout: '', stderr: /this node itself/ });
  t.match(await ping('9'), { status: 1, stdout: '', stderr: /Node 9 is not known/ });
  t.match(await ping('300'), { status: 2, stdout: '', stderr: /from 1 to 254/ });
  t.match(await ping('3', '--count', '0'), { status: 2, stdout: '', stderr: /--count/ });
  t.match(await ping('3', '--interval', '0'), { status: 2, stdout: '', stderr: /--interval/ });
});
