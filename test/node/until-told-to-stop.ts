import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { builtFile } from './fixtures/run-cli.ts';

const MODULE = builtFile(new URL('../../node/until-told-to-stop.ts', import.meta.url));

/** A process that waits to be told, says why, does `work`, and says that it is done. It never ends by itself. */
async function waiting(t: Test, withParent: boolean, work: string, forcedBy = 2): Promise<ChildProcess> {
  const path = join(t.testdir(), 'waiting.mjs');
  const text = `import { untilToldToStop } from ${JSON.stringify(MODULE)};
    setInterval(() => {}, 1e6);
    const stop = untilToldToStop(${withParent}, ${forcedBy});
    process.on('message', () => stop.tell('drained'));
    process.send('waiting');
    process.stdout.write(await stop.told);
    ${work}
    process.exitCode = 7;
    stop.done();`;
  writeFileSync(path, text);
  const child = fork(path, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  t.teardown(() => child.kill('SIGKILL'));
  child.stdout?.setEncoding('utf8');
  await once(child, 'message');
  return child;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  t.test(`${signal} is told, and the process ends with its own status whatever was left open`, async (t) => {
    const child = await waiting(t, false, '');
    const said = once(child.stdout!, 'data');
    child.kill(signal);
    t.same(await said, [signal]);
    t.same(await once(child, 'exit'), [7, null]);
  });
}

t.test('a second signal does not wait for the orderly end', async (t) => {
  const child = await waiting(t, false, 'await new Promise(() => {});');
  const said = once(child.stdout!, 'data');
  child.kill('SIGINT');
  await said;
  child.kill('SIGINT');
  t.same(await once(child, 'exit'), [1, null]);
});

t.test('where there are secrets to be deleted it takes a third one', async (t) => {
  const child = await waiting(t, false, `process.on('SIGINT', () => process.stdout.write('again'));`, 3);
  const said = once(child.stdout!, 'data');
  child.kill('SIGINT');
  await said;
  t.same(await once(child, 'exit'), [7, null], 'one ends it in order');
  const impatient = await waiting(
    t,
    false,
    `process.on('SIGINT', () => process.stdout.write('again')); await new Promise(() => {});`,
    3,
  );
  for (const expected of ['SIGINT', 'again']) {
    const heard = once(impatient.stdout!, 'data');
    impatient.kill('SIGINT');
    t.same(await heard, [expected]);
  }
  impatient.kill('SIGINT');
  t.same(await once(impatient, 'exit'), [1, null]);
});

t.test('where told to, it ends with its parent', async (t) => {
  const child = await waiting(t, true, '');
  const said = once(child.stdout!, 'data');
  child.disconnect();
  t.same(await said, ['parent gone']);
  t.same(await once(child, 'exit'), [7, null]);
});

t.test('the process itself may want to end, once', async (t) => {
  const child = await waiting(t, false, 'stop.tell("again");');
  const said = once(child.stdout!, 'data');
  child.send('');
  t.same(await said, ['drained']);
  t.same(await once(child, 'exit'), [7, null]);
});
