import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseNodeId } from '../../config/node-id.ts';
import type { MeshNodeOptions } from '../../mesh/mesh-options.ts';
import { systemClock } from '../../node/clock.ts';
import { askNode } from '../../node/control/control-client.ts';
import type { ControlRequest } from '../../node/control/control-request.ts';
import { statusReportSchema } from '../../node/control/reports.ts';
import { locateProcess } from '../../node/control/single-process.ts';
import { systemRandom } from '../../node/random.ts';
import { runNode, type RunningNode } from '../../node/run-node.ts';
import { makeNetwork } from '../../node/setup/make-network.ts';
import { parseNodeSettings } from '../../node/setup/parse-options.ts';
import { readConfigFile, type LoadedConfig } from '../../node/setup/read-config-file.ts';
import { changeNetworkKey } from '../../node/setup/sign-key-change.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { keepingLog } from './fixtures/keeping-log.ts';
import { RecordingMesh, viewOf } from './fixtures/recording-mesh.ts';
import { shortFolder } from './fixtures/short-folder.ts';
import { takenPort } from './fixtures/taken-port.ts';

const sodium = await loadSodium();

async function configure(t: Test, listen: readonly string[], socks?: string): Promise<LoadedConfig> {
  const configPath = join(shortFolder(t), 'uservpn.yaml');
  const settings = parseNodeSettings({ listen, advertise: [], socks, allowPrivate: false });
  const node = { ...settings, id: parseNodeId(1)!, name: 'amber', exit: true };
  await makeNetwork(configPath, node, { sodium, random: systemRandom, wallMs: Date.now() });
  return readConfigFile(configPath);
}

async function run(loaded: LoadedConfig, mesh = new RecordingMesh()) {
  const { log, lines } = keepingLog();
  let given: MeshNodeOptions | null = null;
  const node: RunningNode = await runNode({
    loaded,
    extraServers: [{ transport: 'udp', host: '192.0.2.9', port: 1 }],
    softwareVersion: '9.8.7',
    sodium,
    socketOptions: null,
    clock: systemClock,
    log,
    makeMesh: (options) => {
      given = options;
      return mesh;
    },
  });
  return { node, mesh, lines, given: given as MeshNodeOptions | null };
}

t.test('a node listens, opens its proxy, answers about itself, and leaves nothing behind', async (t) => {
  const loaded = await configure(t, ['udp://127.0.0.1:0', 'tcp://127.0.0.1:0'], '127.0.0.1:0');
  const mesh = new RecordingMesh();
  mesh.views = [viewOf(parseNodeId(3)!)];
  const { node, given } = await run(loaded, mesh);
  t.match(node.listen, [/^udp:\/\/127\.0\.0\.1:[1-9]/, /^tcp:\/\/127\.0\.0\.1:[1-9]/]);
  t.match(node.socks, /^127\.0\.0\.1:[1-9]/);
  t.match(given, { id: 1, name: 'amber', softwareVersion: '9.8.7', wantsExits: true, persisted: undefined });
  t.match(given?.servers, [{ id: null, endpoints: [{ host: '192.0.2.9' }] }], 'the server of the command line');
  const answers: unknown[] = [];
  await askNode(locateProcess(loaded.stateFolder).socketPath, { do: 'status' }, (item) => answers.push(item));
  t.match(statusReportSchema.parse(answers[0]), {
    pid: process.pid,
    id: 1,
    exit: true,
    socks: node.socks,
    listen: node.listen,
    nodesKnown: 1,
    nodesUp: 1,
  });
  await Promise.all([node.close(), node.close()]);
  t.equal(mesh.calls.filter((call) => call === 'close').length, 1);
  t.same(
    readdirSync(loaded.stateFolder).filter((name) => !name.startsWith('admin-')),
    ['mesh.json'],
  );
});

t.test('what the mesh remembers is on the disk before it starts, and when it says so', async (t) => {
  const loaded = await configure(t, []);
  const path = join(loaded.stateFolder, 'mesh.json');
  const mesh = new RecordingMesh();
  mesh.saved = { incarnation: 1 };
  const { node } = await run(loaded, mesh);
  t.match(JSON.parse(readFileSync(path, 'utf8')), { version: 1, mesh: { incarnation: 1 } });
  mesh.saved = { incarnation: 2 };
  mesh.events = [{ type: 'persist' }];
  mesh.wakeAtMs = 0;
  const ticked = new Promise<void>((resolve) => (mesh.onCall = () => setImmediate(resolve)));
  const folder = watch(loaded.stateFolder);
  mesh.onWakeChanged();
  await ticked;
  while (!readFileSync(path, 'utf8').includes('"incarnation":2')) await once(folder, 'change');
  folder.close();
  mesh.saved = { incarnation: 3 };
  await node.close();
  const next = await run(loaded);
  t.same(next.given?.persisted, { incarnation: 3 }, 'the next process gets it');
  await next.node.close();
});

t.test('a damaged state is put aside with a warning', async (t) => {
  const loaded = await configure(t, []);
  writeFileSync(join(loaded.stateFolder, 'mesh.json'), '{"version":1,"ident');
  const { node, lines, given } = await run(loaded);
  t.equal(given?.persisted, undefined);
  t.match(lines, [{ level: 40, msg: /damaged; it is kept as .*mesh\.json\.damaged-\d+$/ }]);
  await node.close();
});

t.test("another node's state is not used", async (t) => {
  const loaded = await configure(t, []);
  writeFileSync(join(loaded.stateFolder, 'mesh.json'), '{"version":1,"identity":"other","mesh":{"secret":1}}');
  const { node, lines, given } = await run(loaded);
  t.equal(given?.persisted, undefined);
  t.match(lines, [{ level: 40, msg: /belonged to another node/ }]);
  await node.close();
});

t.test('what was signed while no node ran is handed to the mesh', async (t) => {
  const loaded = await configure(t, []);
  await changeNetworkKey(loaded, 60, { sodium, random: systemRandom, wallMs: Date.now() });
  const { node, mesh } = await run(loaded);
  t.same(mesh.calls, ['admit key-change 105']);
  await node.close();
});

t.test('a port that is taken stops the start, and all that was open is closed', async (t) => {
  const port = await takenPort(t);
  for (const [listen, socks, message] of [
    [['udp://127.0.0.1:0', `tcp://127.0.0.1:${port}`], undefined, /Cannot listen on tcp:\/\/127\.0\.0\.1/],
    [['udp://127.0.0.1:0'], `127.0.0.1:${port}`, /The proxy can't be opened: .*taken by another program/],
    [['kcp://127.0.0.1:4840'], undefined, /can't listen on kcp:.*udp:\/\/ or tcp:\/\//],
  ] as const) {
    const loaded = await configure(t, listen, socks);
    await t.rejects(run(loaded), { message });
    t.notOk(existsSync(join(loaded.stateFolder, 'control.sock')));
    t.notOk(existsSync(join(loaded.stateFolder, 'uservpn.pid')));
  }
});

t.test('a node that is drained says so to others, stops when told, and says when it is back', async (t) => {
  const loaded = await configure(t, []);
  const mesh = new RecordingMesh();
  const { log } = keepingLog();
  let left: () => void = () => {};
  const leaving = new Promise<void>((resolve) => (left = resolve));
  const node = await runNode({
    loaded,
    extraServers: [],
    softwareVersion: '9.8.7',
    sodium,
    socketOptions: null,
    clock: systemClock,
    log,
    makeMesh: () => mesh,
    onLeave: left,
  });
  const ask = async (request: ControlRequest): Promise<unknown> => {
    let answer: unknown = null;
    await askNode(locateProcess(loaded.stateFolder).socketPath, request, (item) => (answer = item));
    return answer;
  };
  t.same(await ask({ do: 'drain', stopAfterS: null, backInS: null }), { draining: true, leavesAtS: null, streams: 0 });
  t.match(await ask({ do: 'status' }), { draining: { leavesAtS: null } });
  t.match(await ask({ do: 'undrain' }), { draining: false });
  t.match(await ask({ do: 'status' }), { draining: null });
  t.match(await ask({ do: 'drain', stopAfterS: 0, backInS: 30 }), { draining: true, leavesAtS: Number });
  await leaving;
  await node.close();
  t.equal(mesh.calls.at(-1), 'close for 30 s');
});

t.test('who closes it may say when it is back', async (t) => {
  const { node, mesh } = await run(await configure(t, []));
  await node.close(45);
  t.equal(mesh.calls.at(-1), 'close for 45 s');
});
