import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { askNode } from '../../../node/control/control-client.ts';
import { AlreadyRunningError, locateProcess, SingleProcess } from '../../../node/control/single-process.ts';
import type { ControlHandler } from '../../../node/control/control-server.ts';
import { shortFolder } from '../fixtures/short-folder.ts';
import { UserError } from '../../../node/user-error.ts';

const HANDLER: ControlHandler = (_request, send) => send('first');

t.test('one process has the folder; a second learns its pid', async (t) => {
  const folder = join(shortFolder(t), 'state');
  const first = await SingleProcess.acquire(folder, HANDLER);
  await t.rejects(SingleProcess.acquire(folder, HANDLER), { code: 'already-running', pid: process.pid });
  const { pid, socketPath } = locateProcess(folder);
  t.equal(pid, process.pid);
  const items: unknown[] = [];
  await askNode(socketPath, { do: 'status' }, (item) => items.push(item));
  t.same(items, ['first'], 'the first one still answers');
  t.equal(statSync(join(folder, 'uservpn.pid')).mode & 0o777, 0o600);
  await first.close();
  await first.close();
  t.same(readdirSync(folder), [], 'nothing is left');
  await (await SingleProcess.acquire(folder, HANDLER)).close();
});

t.test('of many that start at once, one runs', async (t) => {
  const folder = shortFolder(t);
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => SingleProcess.acquire(folder, HANDLER)));
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  t.equal(running.length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') t.ok(outcome.reason instanceof AlreadyRunningError);
  }
  for (const process of running) await process.close();
});

t.test('what a killed process left is taken over', async (t) => {
  const folder = shortFolder(t);
  const socket = join(folder, 'control.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.stdout.write('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  writeFileSync(join(folder, 'uservpn.pid'), `${child.pid}\n${socket}\n`);
  const refused: unknown = await SingleProcess.acquire(folder, HANDLER).catch((error: unknown) => error);
  t.match(refused, { code: 'already-running', pid: child.pid }, 'as long as it lives it has the folder');
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.ok(existsSync(socket), 'the kill left its socket');
  const next = await SingleProcess.acquire(folder, HANDLER);
  t.equal(locateProcess(folder).pid, process.pid);
  await next.close();
});

t.test('a start-up that died half-way does not block the next for good', async (t) => {
  const folder = shortFolder(t);
  writeFileSync(join(folder, 'starting'), '1\n');
  utimesSync(join(folder, 'starting'), new Date(0), new Date(0));
  await (await SingleProcess.acquire(folder, HANDLER)).close();
  t.same(readdirSync(folder), []);
});

t.test('a pid file with nonsense in it is no pid', (t) => {
  for (const text of ['', 'abc', '-5\n', '0\n', '12345678901\n', '\0']) {
    const folder = t.testdir({ 'uservpn.pid': text });
    t.equal(locateProcess(folder).pid, null, JSON.stringify(text));
  }
  t.end();
});

t.test('a folder too deep for a socket works and is found all the same', async (t) => {
  const folder = join(shortFolder(t), 'd'.repeat(60), 'e'.repeat(60));
  mkdirSync(folder, { recursive: true });
  const first = await SingleProcess.acquire(folder, HANDLER);
  const { socketPath } = locateProcess(folder);
  t.ok(Buffer.byteLength(socketPath) <= 100);
  t.equal(statSync(join(socketPath, '..')).mode & 0o777, 0o700);
  await t.rejects(SingleProcess.acquire(folder, HANDLER), { code: 'already-running' });
  await first.close();
  t.notOk(existsSync(join(socketPath, '..')));
});

t.test('a folder that cannot be made is a sentence', async (t) => {
  const folder = join(shortFolder(t), 'file', 'state');
  writeFileSync(join(folder, '..'), 'x');
  await t.rejects(SingleProcess.acquire(folder, HANDLER), UserError);
  await t.rejects(SingleProcess.acquire(folder, HANDLER), { message: /state folder .*stateDir in the configuration/ });
  t.equal(readFileSync(join(folder, '..'), 'utf8'), 'x');
});
