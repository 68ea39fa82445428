import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import t, { type Test } from 'tap';
import { collect, runCli, startCli, type CliResult } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';
import { takenPort } from '../fixtures/taken-port.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

/** A node that runs in a process of its own. */
interface Up {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
}

async function makeConfig(t: Test): Promise<string> {
  const config = join(shortFolder(t), 'uservpn.yaml');
  const listen = [
    '--listen',
    'udp://127.0.0.1:0',
    '--listen',
    'tcp://127.0.0.1:0',
    '--socks',
    '127.0.0.1:0',
    '--advertise',
    'udp://127.0.0.1:4840',
  ];
  await runCli(['init', '--id', '1', '--exit', '--config', config, ...listen]);
  return config;
}

/** Starts a node and waits until its log says that it is ready. */
async function up(t: Test, config: string): Promise<Up> {
  const child = startCli(['up', '--config', config]);
  const ended = collect(child);
  t.teardown(() => child.kill('SIGKILL'));
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (part: string) => {
      text += part;
      if (text.includes('"ready"')) resolve();
    });
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  return { child, ended };
}

function leftovers(config: string): string[] {
  return readdirSync(join(config, '..', 'state')).filter((name) => !name.endsWith('.json'));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  t.test(`${signal} ends a node in order`, async (t) => {
    const config = await makeConfig(t);
    const { child, ended } = await up(t, config);
    t.same(leftovers(config).sort(), ['control.sock', 'uservpn.pid']);
    t.equal(statSync(join(config, '..', 'state', 'control.sock')).mode & 0o777, 0o600);
    child.kill(signal);
    const { status, stdout, stderr } = await ended;
    t.equal(status, 0);
    t.equal(stderr, '');
    t.same(leftovers(config), [], 'neither socket nor pid file stays');
    t.ok(existsSync(join(config, '..', 'state', 'mesh.json')));
    const lines = stdout.trimEnd().split('\n');
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    t.same(messages.slice(-2), ['stopping', 'stopped'], 'the log is whole lines of JSON, to the end');
  });
}

t.test('a node that drains ends by itself when told, in order', async (t) => {
  const config = await makeConfig(t);
  const { ended } = await up(t, config);
  t.match(await runCli(['drain', '--config', config]), { status: 0, stdout: /^This node is draining/ });
  t.match((await runCli(['status', '--config', config])).stdout, /^draining +new sites go elsewhere$/m);
  t.match(await runCli(['nodes', '--config', config]), { status: 0 });
  t.match(await runCli(['drain', '--off', '--config', config]), { status: 0, stdout: /^This node stays/ });
  t.match(await runCli(['drain', '--stop-after', '1s', '--config', config]), { status: 0, stdout: /It stops at 20/ });
  const { status, stdout, stderr } = await ended;
  t.match({ status, stderr }, { status: 0, stderr: '' });
  t.match(stdout, /"why":"drained","msg":"stopping"/);
  t.same(leftovers(config), []);
});

t.test('a second node for the configuration says which one runs', async (t) => {
  const config = await makeConfig(t);
  const { child, ended } = await up(t, config);
  const second = await runCli(['up', '--config', config]);
  t.match(second, { status: 1, stdout: '' });
  t.match(second.stderr, `process ${child.pid}`);
  t.match(second.stderr, /status --config .*kill \d+/);
  const status = await runCli(['status', '--json', '--config', config]);
  t.match(JSON.parse(status.stdout), { pid: child.pid, id: 1, exit: true }, 'the first one is none the worse');
  child.kill();
  t.equal((await ended).status, 0);
});

t.test('a killed node leaves nothing that stops the next', async (t) => {
  const config = await makeConfig(t);
  const first = await up(t, config);
  first.child.kill('SIGKILL');
  await first.ended;
  t.same(leftovers(config).sort(), ['control.sock', 'uservpn.pid']);
  t.match(await runCli(['status', '--config', config]), { status: 1, stderr: /No node runs/ });
  const second = await up(t, config);
  second.child.kill();
  t.equal((await second.ended).status, 0);
  t.same(leftovers(config), []);
});

t.test('a running node shows itself', async (t) => {
  const config = await makeConfig(t);
  const { child, ended } = await up(t, config);
  const status = await runCli(['status', '--config', config]);
  t.match(status, { status: 0, stderr: '' });
  t.match(status.stdout, /node +1, "node-1", an exit\n/);
  t.match(await runCli(['nodes', '--config', config]), { status: 0, stdout: 'No other node is known yet.\n' });
  t.match(await runCli(['nodes', '--json', '--config', config]), { status: 0, stdout: '[]\n' });
  t.match(await runCli(['ping', '1', '--config', config]), { status: 1, stderr: /this node itself/ });
  t.match(await runCli(['ping', '2', '--config', config]), { status: 1, stderr: /Node 2 is not known/ });
  t.match(await runCli(['check', '--config', config]), { status: 0, stdout: /running as process \d+/ });
  await runCli(['invite', '--id', '2', '--link-only', '--config', config]);
  const revoked = await runCli(['revoke', '2', '--json', '--config', config]);
  t.match(JSON.parse(revoked.stdout), { told: true });
  const rotated = await runCli(['rotate-key', '--json', '--config', config]);
  t.match(JSON.parse(rotated.stdout), { told: true });
  child.kill();
  t.equal((await ended).status, 0);
});

t.test('no key is in anything that is printed or logged', async (t) => {
  const config = await makeConfig(t);
  const text = readFileSync(config, 'utf8');
  const keys = ['networkKey', 'identity', 'adminKey'].map((name) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)![1]!);
  const { child, ended } = await up(t, config);
  const printed: string[] = [];
  for (const args of [
    ['status'],
    ['status', '--json'],
    ['nodes', '--json'],
    ['check', '--json'],
    ['rotate-key', '--json'],
  ]) {
    const { stdout, stderr } = await runCli([...args, '--config', config, '--debug']);
    printed.push(stdout, stderr);
  }
  child.kill();
  const { stdout, stderr } = await ended;
  printed.push(stdout, stderr);
  for (const key of keys) {
    const hex = Buffer.from(key, 'base64url').toString('hex');
    for (const part of printed) t.notOk(part.includes(key.slice(0, 12)) || part.includes(hex.slice(0, 16)));
  }
});

t.test('a node goes on when nobody reads its log any more', async (t) => {
  const config = await makeConfig(t);
  const { child, ended } = await up(t, config);
  child.stdout?.destroy();
  t.match(await runCli(['rotate-key', '--config', config]), { status: 0, stdout: /is telling the others/ });
  t.match(await runCli(['status', '--config', config]), { status: 0 });
  child.kill();
  t.equal((await ended).status, 0);
});

t.test('a proxy port that is taken is a sentence', async (t) => {
  const folder = shortFolder(t);
  const port = await takenPort(t);
  const config = join(folder, 'uservpn.yaml');
  await runCli(['init', '--id', '1', '--config', config, '--socks', `127.0.0.1:${port}`]);
  const ran = await runCli(['up', '--config', config]);
  t.match(ran, { status: 1, stderr: /^uservpn: The proxy can't be opened: .*taken by another program/ });
  t.same(leftovers(config), []);
});
