import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { askRunningNode, isSeenInMesh, tryAskNode } from '../../../node/cli/ask-running-node.ts';
import { pingReportSchema, statusReportSchema, type StatusReport } from '../../../node/control/reports.ts';
import { locateProcess } from '../../../node/control/single-process.ts';
import { makePrivateFolder, replaceFile } from '../../../node/files/atomic-write.ts';
import { runMadeUpNode, STATUS } from '../fixtures/controlled-node.ts';
import { networkIn } from '../fixtures/network.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('a running node is asked, and its refusal is a sentence', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  await runMadeUpNode(t, loaded);
  const items: StatusReport[] = [];
  t.equal(await tryAskNode(loaded, { do: 'status' }, statusReportSchema, (item) => items.push(item)), true);
  t.same(items, [STATUS]);
  t.equal(await isSeenInMesh(loaded, 3), true);
  t.equal(await isSeenInMesh(loaded, 4), false);
  const ping = { do: 'ping', node: 9, count: 1, everyMs: 10 } as const;
  await t.rejects(
    tryAskNode(loaded, ping, pingReportSchema, () => {}),
    { code: 'failed', message: /Node 9 is not known/ },
  );
});

t.test('a node of another version is a sentence', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  await runMadeUpNode(t, loaded);
  const items: unknown[] = [];
  await t.rejects(
    tryAskNode(loaded, { do: 'status' }, pingReportSchema, (item) => items.push(item)),
    { code: 'failed', message: /another version.*Start it again/ },
  );
  t.same(items, []);
});

t.test('a process that hangs is named, with what ends it', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const { socketPath } = locateProcess(loaded.stateFolder);
  makePrivateFolder(loaded.stateFolder);
  const server = createServer(() => {}).listen(socketPath);
  await once(server, 'listening');
  t.teardown(() => server.close());
  for (const [pidFile, message] of [
    ['', /A process .* is there but does not answer/],
    ['4711\n', /Process 4711 is there but does not answer\..* kill 4711, or kill -9 4711/],
  ] as const) {
    replaceFile(join(loaded.stateFolder, 'uservpn.pid'), pidFile);
    await t.rejects(
      tryAskNode(loaded, { do: 'status' }, statusReportSchema, () => {}, { patienceMs: 20 }),
      { code: 'failed', message },
    );
  }
});

t.test('where none runs, that is an answer, or a sentence with the command', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  t.equal(await tryAskNode(loaded, { do: 'status' }, statusReportSchema, () => {}), false);
  t.equal(await isSeenInMesh(loaded, 3), null);
  await t.rejects(
    askRunningNode({ ...loaded, problem: null }, { do: 'status' }, statusReportSchema, () => {}, { config: 'x.yaml' }),
    { code: 'failed', message: /No node runs for .*uservpn\.yaml\. Start it.* up --config x\.yaml/ },
  );
});

t.test(
  'a configuration that was broken since keeps nobody from asking the node that runs, and is told of',
  async (t) => {
    const loaded = await networkIn(shortFolder(t));
    const config = ['--config', loaded.configPath];
    appendFileSync(loaded.configPath, 'nonsense: 1\n');
    t.match(await runCli(['status', ...config]), { status: 2, stdout: '', stderr: /unknown key/ });
    await runMadeUpNode(t, loaded);
    for (const args of [
      ['status'],
      ['sites'],
      ['nodes'],
      ['why', 'a.test'],
      ['ping', 'node-3', '--count', '1'],
      ['paths', '3'],
    ]) {
      const asked = await runCli([...args, ...config]);
      t.match(
        asked,
        { status: 0, stderr: /goes by its configuration as it was when it started\. .*\n.*unknown key/ },
        args[0]!,
      );
      t.equal(asked.stderr.match(/unknown key/g)?.length, 1, 'once');
    }
    t.match(await runCli(['check', ...config]), { status: 2 });
  },
);
