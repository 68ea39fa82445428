import t from 'tap';
import { runMadeUpNode, STATUS } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

t.test('a node drains, with an end or without, and stays after all', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const config = ['--config', loaded.configPath];
  t.match(await runCli(['drain', ...config]), { status: 1, stderr: /No node runs for/ });
  const node = await runMadeUpNode(t, loaded);
  t.match(await runCli(['drain', ...config]), {
    status: 0,
    stdout: /^This node is draining: .* 6 here as an exit\.\n$/,
  });
  t.match(await runCli(['drain', '--stop-after', '2m', '--back-in', '90s', ...config]), {
    status: 0,
    stdout: /It stops at 2026-01-01 12:00:00 UTC\./,
  });
  t.match(await runCli(['drain', '--off', ...config]), { status: 0, stdout: /^This node stays/ });
  const json = JSON.parse((await runCli(['drain', '--json', ...config])).stdout);
  t.same(json, { draining: true, leavesAtS: null, streams: 6 });
  const none = { stopAfterS: null, backInS: null };
  t.same(node.leavings, [none, { stopAfterS: 120, backInS: 90 }, null, none]);
});

t.test('a node that is no exit has nothing to drain', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const node = await runMadeUpNode(t, loaded);
  node.shown = { ...STATUS, exit: false };
  t.match(await runCli(['drain', '--config', loaded.configPath]), { status: 1, stderr: /This node is no exit: / });
  t.same(node.leavings, []);
});

t.test('what makes no sense is refused before anything is asked', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const config = ['--config', loaded.configPath];
  const node = await runMadeUpNode(t, loaded);
  for (const [args, stderr] of [
    [['--stop-after', 'soon'], /--stop-after: "soon" is not a duration/],
    [['--stop-after', '-1'], /stop-after/],
    [['--stop-after', '5'], /--stop-after: "5" is not a duration/],
    [['--stop-after', '1m', '--back-in', '5'], /--back-in: "5" is not a duration/],
    [['--stop-after', '8d'], /--stop-after: at most 604800 seconds/],
    [['--stop-after', '1m', '--back-in', '11m'], /--back-in: at most 600 seconds/],
    [['--back-in', '1m'], /--back-in counts from when the node stops; add --stop-after/],
    [['--off', '--stop-after', '1m'], /Choose --off or --stop-after, not both\. See: /],
  ] as const) {
    t.match(await runCli(['drain', ...args, ...config]), { status: 2, stderr }, args.join(' '));
  }
  t.same(node.leavings, []);
});
