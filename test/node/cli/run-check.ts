import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { locateProcess } from '../../../node/control/single-process.ts';
import { makePrivateFolder } from '../../../node/files/atomic-write.ts';
import { runMadeUpNode, STATUS } from '../fixtures/controlled-node.ts';
import { networkIn, nodeId } from '../fixtures/network.ts';
import { viewOf } from '../fixtures/recording-mesh.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';
import { takenPort } from '../fixtures/taken-port.ts';

t.test('before the node runs, its ports are tried', async (t) => {
  const loaded = await networkIn(shortFolder(t), ['udp://127.0.0.1:0']);
  const checked = await runCli(['check', '--config', loaded.configPath]);
  t.match(checked, { status: 0, stderr: '' });
  for (const line of [
    /^ok +configuration +\/.*uservpn\.yaml$/m,
    /^ok +this node +node 1, "amber", an exit$/m,
    /^ok +cryptography +(sodium-native|libsodium-wrappers)$/m,
    /^ok +clock +20\d\d-/m,
    /^ok +udp port +127\.0\.0\.1:0 is free$/m,
    /^look +node +not running.* up --config /m,
  ]) {
    t.match(checked.stdout, line);
  }
});

t.test('a port that is taken fails the check', async (t) => {
  const port = await takenPort(t);
  const loaded = await networkIn(shortFolder(t), [`tcp://127.0.0.1:${port}`], `127.0.0.1:${port}`);
  const checked = await runCli(['check', '--config', loaded.configPath, '--json']);
  t.match(checked, { status: 1, stderr: /2 of \d+ checks failed/ });
  const findings = JSON.parse(checked.stdout) as { what: string; result: string }[];
  const failed = findings.filter(({ result }) => result === 'failed').map(({ what }) => what);
  t.same(failed, ['tcp port', 'proxy port']);
});

t.test('while it runs, it is asked whom it reaches', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const node = await runMadeUpNode(t, loaded);
  const states = ['up', 'idle', 'suspect', 'connecting', 'down'] as const;
  node.views = states.map((state, index) => ({ ...viewOf(nodeId(index + 2)), state }));
  const checked = await runCli(['check', '--config', loaded.configPath]);
  t.match(checked, { status: 0, stderr: '' });
  for (const line of [
    /^ok +node +running as process 4711$/m,
    /^ok +node 2 +"node-2" answers in 12\.5 ms$/m,
    /^ok +node 3 +"node-3" is known; nothing needs it now$/m,
    /^look +node 4 +"node-4" has not answered yet$/m,
    /^look +node 5 +"node-5" has not answered yet$/m,
    /^look +node 6 +"node-6" does not answer at udp:\/\/192\.0\.2\.7:4840$/m,
  ]) {
    t.match(checked.stdout, line);
  }
});

t.test('where nobody answers at all the check fails, with all that may be why', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const node = await runMadeUpNode(t, loaded);
  const alone = (states: readonly ('down' | 'connecting' | 'suspect')[], upSeconds: number) => {
    node.shown = { ...STATUS, upSeconds };
    node.views = states.map((state, index) => ({ ...viewOf(nodeId(index + 2)), state }));
    return runCli(['check', '--config', loaded.configPath]);
  };
  for (const [states, upSeconds] of [
    [['down', 'down'], 1],
    [['down', 'connecting'], 10],
  ] as const) {
    const checked = await alone(states, upSeconds);
    t.match(checked, { status: 1, stderr: /1 of \d+ checks failed/ });
    t.match(checked.stdout, /^FAIL +network +no other node answers: .*online.*firewall.*expired or been revoked/m);
  }
  for (const [states, upSeconds] of [
    [['down', 'connecting'], 9],
    [['down', 'suspect'], 10],
    [[], 10],
  ] as const) {
    t.match(await alone(states, upSeconds), { status: 0, stdout: /^ok +node +running/m }, states.join());
  }
});

t.test('a configuration that runs twice fails the check', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  const node = await runMadeUpNode(t, loaded);
  node.shown = { ...STATUS, superseded: { isCertain: true, by: [2] } };
  const checked = await runCli(['check', '--config', loaded.configPath]);
  t.match(checked, { status: 1, stderr: /1 of \d+ checks failed/ });
  t.match(checked.stdout, /^FAIL +this node +cut off: .*goes on by itself.*in place of 1/m);
  node.shown = { ...STATUS, superseded: { isCertain: false, by: [2] } };
  const doubted = await runCli(['check', '--config', loaded.configPath]);
  t.match(doubted.stdout, /^look +this node +cut off\?: node 2 says/m);
});

t.test('a node that hangs is one finding among the others', async (t) => {
  const loaded = await networkIn(shortFolder(t));
  makePrivateFolder(loaded.stateFolder);
  const server = createServer(() => {}).listen(locateProcess(loaded.stateFolder).socketPath);
  await once(server, 'listening');
  t.teardown(() => server.close());
  const checked = await runCli(['check', '--config', loaded.configPath]);
  t.match(checked, { status: 1, stderr: /1 of \d+ checks failed/ });
  t.match(checked.stdout, /^FAIL +node +A process .* does not answer/m);
  t.match(checked.stdout, /^ok +clock/m);
});
