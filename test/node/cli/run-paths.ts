import t from 'tap';
import { runMadeUpNode } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('ways and hops in two tables, or all of it for programs', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const paths = (...args: string[]) => runCli(['paths', ...args, '--config', loaded.configPath]);
  t.match(await paths('3'), { status: 1, stdout: '', stderr: /No node runs/ });
  await runMadeUpNode(t, loaded);
  const shown = await paths('3');
  t.match(shown, { status: 0, stderr: '' });
  const lines = shown.stdout.split('\n').map((line) => line.split(/ {2,}/).join(' | '));
  t.same(lines, [
    'WAY | LEAST RTT | RTT | VARIATION | LOST | COST | SENT IN 1 MIN | SENT IN ALL | RECEIVED | USE',
    'direct, udp://192.0.2.7:4840 | 20.0 ms | 21.5 ms | 0.5 ms | 1.0 % | 10.0 ms | 1.0 KB, 33.3 % | 3.0 MB, 33.3 % | 7.0 MB | in use',
    'relay 4 | 20.0 ms | 21.5 ms | 0.5 ms | 1.0 % | 15.0 ms | 1.0 KB, 33.3 % | 3.0 MB, 33.3 % | 7.0 MB | costs 5.0 ms more',
    'relays 4, 9 | - | - | - | 1.0 % | - | 1.0 KB, 33.3 % | 3.0 MB, 33.3 % | 7.0 MB | does not answer',
    '',
    'WAY | HOP | THERE, LEAST | TYPICAL | BACK, LEAST | TYPICAL | WRONG BY AT MOST',
    'direct, udp://192.0.2.7:4840 | 1 to 3 | 10.3 ms | 12.0 ms | 10.3 ms | 12.0 ms | 5.0 ms',
    'relay 4 | 1 to 4 | 10.3 ms | 12.0 ms | 10.3 ms | 12.0 ms | 5.0 ms',
    'relay 4 | 4 to 3 | 10.3 ms | 12.0 ms | 10.3 ms | 12.0 ms | 5.0 ms',
    'relays 4, 9 | 1 to 4 | 10.3 ms | 12.0 ms | 10.3 ms | 12.0 ms | 5.0 ms',
    'relays 4, 9 | 4 to 9 | 10.3 ms | 12.0 ms | 10.3 ms | 12.0 ms | 5.0 ms',
    'relays 4, 9 | 9 to 3 | 10.3 ms | 12.0 ms | 10.3 ms | 12.0 ms | 5.0 ms',
    '',
    "Of the users' data that this node sent there, by way of other nodes: 15.0 % of 2.0 KB in the last minute, 12.5 % of 8.0 MB in all, at least 10 % asked for while one is ready.",
    'What comes from there, such as downloads, node 3 sends: the same about that tells uservpn paths 1 on node 3.',
    '',
  ]);
  const json: unknown = JSON.parse((await paths('3', '--json')).stdout);
  t.match(json, [
    { relays: [], state: 'used', there: [{ from: 1, to: 3, leastMs: 10.25, boundMs: 5 }] },
    {
      relays: [4],
      share: 1 / 3,
      bytesReceived: 7_000_000,
      usersData: { relayedBytes: 1_000_000 },
      back: [{ from: 3 }, { to: 1 }],
    },
    { relays: [4, 9], rtt: null },
  ]);
});

t.test('what no way leads to is a sentence', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const node = await runMadeUpNode(t, loaded);
  node.ways = [];
  const ends = ['3', '300'].map((arg) => runCli(['paths', arg, '--config', loaded.configPath]));
  t.match(await Promise.all(ends), [
    { status: 1, stdout: '', stderr: /Node 3 does not answer/ },
    { status: 2, stdout: '', stderr: /from 1 to 254/ },
  ]);
});
