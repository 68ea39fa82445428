import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { builtFile, collect, runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

const COMMANDS = [
  'init',
  'invite',
  'join',
  'up',
  'status',
  'nodes',
  'ping',
  'check',
  'revoke',
  'rotate-key',
  'demo',
] as const;

// Each command is a process of its own.
t.setTimeout(120_000);

/** A stack trace, a file of ours, or an exception's class name. */
const TRACE = /^\s+at |\.js:\d|\.ts:\d|TypeError|YError|ZodError|ERR_/m;

t.test('every command has help with an example', async (t) => {
  const overview = await runCli(['--help']);
  t.equal(overview.status, 0);
  for (const command of COMMANDS) {
    t.match(overview.stdout, `uservpn ${command}`);
    const help = await runCli([command, '--help']);
    t.match(help, { status: 0, stderr: '' }, command);
    t.match(help.stdout, /Examples:\n {2}uservpn /, command);
    t.match(help.stdout, '--config', command);
    t.match(help.stdout, new RegExp(`Examples:[^]*uservpn ${command}`), command);
    t.notMatch(help.stdout, /allowPrivate|linkOnly|withParent|with-parent/, command);
  }
});

t.test('a wrong call is status 2 and a sentence', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Which command\?.*--help/],
    [['frobnicate'], /There is no command "frobnicate"/],
    [['nodse'], /Did you mean nodes\?/],
    [['init'], /Missing required argument: id/],
    [['init', '--id', '0'], /--id has to be a node's number, from 1 to 254/],
    [['init', '--id', '255'], /from 1 to 254/],
    [['init', '--id', '1.5'], /from 1 to 254/],
    [['init', '--id', 'one'], /from 1 to 254/],
    [['init', '--id', '1', '--id', '2'], /from 1 to 254/],
    [['init', '--id', '1', '--name', ''], /--name: is empty/],
    [['init', '--id', '1', '--listen', 'udp://vpn.example.com:4840'], /--listen: .*write its IP address/],
    [['init', '--id', '1', '--listen', '192.0.2.7:4840'], /--listen: .*such as udp:\/\//],
    [['init', '--id', '1', '--advertise', 'udp://0.0.0.0:4840'], /--advertise: /],
    [['init', '--id', '1', '--socks', 'localhost:1080'], /--socks: .*127\.0\.0\.1/],
    [['init', '--id', '1', '--country', 'uk'], /--country: /],
    [['init', '--id', '1', '--colour', 'red'], /Unknown argument: colour/],
    [['join'], /See: .*join --help/],
    [['join', 'https://example.com/'], /no invite link/],
    [['join', '-'], /link is missing/],
    [['status', 'extra'], /Unknown argument: extra/],
    [['up', '--server', 'example.com:1'], /--server: /],
    [['check', '--config'], /See: .*check --help/],
  ];
  const folder = shortFolder(t);
  for (const [args, expected] of cases) {
    const ran = await runCli(args, { env: { XDG_CONFIG_HOME: folder, HOME: folder } });
    t.match(ran, { status: 2, stdout: '' }, args.join(' '));
    t.match(ran.stderr, expected, args.join(' '));
    t.match(ran.stderr, /^uservpn: /);
    t.notMatch(ran.stderr, TRACE);
  }
  t.same(readdirSync(folder), [], 'nothing was written');
});

t.test('without a configuration every command that needs one says how to get one', async (t) => {
  const folder = shortFolder(t);
  for (const args of [['up'], ['status'], ['nodes'], ['ping', '2'], ['check'], ['revoke', '2'], ['rotate-key']]) {
    const ran = await runCli(args, { env: { XDG_CONFIG_HOME: folder } });
    t.match(ran, { status: 2, stdout: '', stderr: /There is no configuration at .*uservpn init.*uservpn join/ });
  }
});

t.test('a broken configuration is status 2, with the line, and no secret', async (t) => {
  const folder = shortFolder(t);
  const path = join(folder, 'uservpn.yaml');
  await runCli(['init', '--id', '1', '--config', path, '--listen', 'udp://127.0.0.1:4840']);
  const good = readFileSync(path, 'utf8');
  const key = /^networkKey: (.*)$/m.exec(good)![1]!;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['no YAML', '{ id: [', /uservpn\.yaml:1:/],
    ['empty', '', /is empty/],
    ['binary', 'id: 1\0', /plain text/],
    ['an unknown key', `${good}\nlisten_on: 1\n`, /unknown key/],
    ['a mistyped key', good.replace('credential:', 'credentail:'), /did you mean credential\?/],
    ['a key cut off', good.replace(key, key.slice(0, 40)), /networkKey: is 40 characters long/],
    ['a wrong number', good.replace(/^id: 1$/m, 'id: 300'), /:4:5: id: .*1 to 254/],
    [
      'a name as address',
      good.replace('udp://127.0.0.1:4840', 'udp://example.com:4840'),
      /listen\[0\]: .*names a host/,
    ],
    ['a list', '- 1\n', /the file holds a list/],
    ["another's number", good.replace(/^id: 1$/m, 'id: 2'), /credential is for number 1/],
    ["another's identity", good.replace(/^identity: .*$/m, `identity: ${key}`), /do not belong together/],
    ["another's admin", good.replace(/^adminPublicKey: .*$/m, `adminPublicKey: ${key}`), /not one that this network's/],
  ];
  for (const [name, text, expected] of cases) {
    writeFileSync(path, text);
    for (const command of name.startsWith('another') ? ['check', 'up'] : ['check']) {
      const ran = await runCli([command, '--config', path]);
      t.match(ran, { status: 2, stdout: '' }, `${command}: ${name}`);
      t.match(ran.stderr, expected, `${command}: ${name}`);
      t.notMatch(ran.stderr, TRACE);
      t.notMatch(ran.stderr, key.slice(0, 20), 'no secret');
    }
  }
  writeFileSync(path, good);
  t.match(await runCli(['check', '--config', path]), { status: 0, stderr: '' });
});

t.test('a configuration that others can read is refused, with the command that mends it', async (t) => {
  const folder = shortFolder(t);
  const path = join(folder, 'uservpn.yaml');
  await runCli(['init', '--id', '1', '--config', path]);
  for (const mode of [0o644, 0o660]) {
    chmodSync(path, mode);
    for (const args of [['up'], ['check'], ['invite', '--id', '2']]) {
      const ran = await runCli([...args, '--config', path]);
      t.match(ran, { status: 2, stdout: '' });
      t.match(ran.stderr, `run: chmod 600 ${path}`);
    }
  }
  chmodSync(path, 0o600);
  t.match(await runCli(['check', '--config', path]), { status: 0 });
});

t.test('a folder in the place of the configuration', async (t) => {
  const path = join(shortFolder(t), 'uservpn.yaml');
  mkdirSync(path);
  t.match(await runCli(['check', '--config', path]), { status: 2, stderr: /it is a folder/ });
});

t.test('commands that need a running node say how to start it', async (t) => {
  const path = join(shortFolder(t), 'uservpn.yaml');
  await runCli(['init', '--id', '1', '--config', path]);
  for (const args of [['status'], ['nodes'], ['ping', '2']]) {
    const ran = await runCli([...args, '--config', path]);
    t.match(ran, { status: 1, stdout: '', stderr: /No node runs for .*up --config/ });
  }
});

t.test('an error that nobody expected and nobody catches is no stack trace either', async (t) => {
  const folder = shortFolder(t);
  const module = JSON.stringify(builtFile(new URL('../../../node/cli/command-line.ts', import.meta.url)));
  const script = `const { runCommandLine } = await import(${module});
    await runCommandLine(['--version', '--config', ${JSON.stringify(join(folder, 'uservpn.yaml'))}]);
    setImmediate(() => { throw new TypeError('x is not a function'); });
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { status, stderr } = await collect(child);
  t.equal(status, 1);
  t.match(stderr, /^uservpn: Something went wrong that should not have\. The details are in .*errors\.log\. /);
  t.notMatch(stderr, TRACE);
  t.match(readFileSync(join(folder, 'errors.log'), 'utf8'), /TypeError: x is not a function\n +at /);
});
