import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { formatKeyText } from '../../../config/key-text.ts';
import { readConfigFile } from '../../../node/setup/read-config-file.ts';
import { runCli } from '../fixtures/run-cli.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

// Each command is a process of its own.
t.setTimeout(120_000);

t.test('init says what it made and what to do next, and shows no key', async (t) => {
  const path = join(shortFolder(t), 'new', 'uservpn.yaml');
  const options = ['--name', 'amber', '--exit', '--country', 'DE', '--allow-private'];
  const listen = ['--listen', 'udp://192.0.2.7:4840', '--listen', 'tcp://192.0.2.7:4840', '--socks', '127.0.0.1:1080'];
  const made = await runCli(['init', '--id', '2', '--config', path, ...options, ...listen]);
  t.match(made, { status: 0, stderr: '' });
  t.match(made.stdout, /node 2, "amber", an exit/);
  t.match(made.stdout, `up --config ${path}`);
  t.match(made.stdout, `invite --id 3 --name laptop --config ${path}`);
  const { config } = readConfigFile(path);
  t.match(config, {
    id: 2,
    name: 'amber',
    country: 'DE',
    exit: { allowPrivate: true },
    socks: { listen: { port: 1080 } },
  });
  t.match(config.listen, [{ transport: 'udp' }, { transport: 'tcp' }]);
  for (const key of [config.networkKey, config.identity, config.adminKey]) {
    t.notMatch(made.stdout, formatKeyText(key ?? new Uint8Array()));
  }
  const before = readFileSync(path, 'utf8');
  const again = await runCli(['init', '--id', '3', '--config', path]);
  t.match(again, { status: 2, stdout: '', stderr: /^uservpn: .* exists already and is never overwritten/ });
  t.equal(readFileSync(path, 'utf8'), before);
});

t.test('for programs it is JSON', async (t) => {
  const path = join(shortFolder(t), 'uservpn.yaml');
  const listen = ['--listen', 'udp://0.0.0.0:4840'];
  const made = await runCli(['init', '--id', '1', '--relay', '--config', path, '--json', ...listen]);
  t.same(JSON.parse(made.stdout), { config: path, id: 1, name: 'node-1', exit: false, relay: true, addresses: [] });
});

t.test('whoever cannot be reached yet is told what is missing', async (t) => {
  const folder = shortFolder(t);
  const wild = await runCli([
    'init',
    '--id',
    '1',
    '--config',
    join(folder, 'a.yaml'),
    '--listen',
    'udp://0.0.0.0:4840',
  ]);
  t.match(wild, { status: 0, stdout: /does not know the address.*advertise:/ });
  const deaf = await runCli(['init', '--id', '1', '--config', join(folder, 'b.yaml')]);
  t.match(deaf, { status: 0, stdout: /listens nowhere yet.*listen:/ });
});

t.test('a folder that cannot be made is a sentence', async (t) => {
  const folder = t.testdir({ file: '' });
  const made = await runCli(['init', '--id', '1', '--config', join(folder, 'file', 'uservpn.yaml')]);
  t.match(made, { status: 1, stdout: '', stderr: /^uservpn: Could not write the folder .*--config FILE\.\n$/ });
  t.notOk(existsSync(join(folder, 'errors.log')));
});
