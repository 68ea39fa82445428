import { spawn } from 'node:child_process';
import t from 'tap';
import { builtFile, collect, INSTRUMENTS } from './fixtures/run-cli.ts';

const LOG = builtFile(new URL('../../node/log.ts', import.meta.url));

/** Runs a few lines of script that log, in a process whose output is not a terminal. */
async function logged(isTerminal: boolean): Promise<string> {
  const script = `const { openLog } = await import(${JSON.stringify(LOG)});
    const { log, flush } = await openLog('info', ${isTerminal});
    log.debug('hidden'); log.info({ node: 3 }, 'shown'); log.warn('careful'); await flush();`;
  const args = [...INSTRUMENTS, '--input-type=module', '-e', script];
  const { status, stdout, stderr } = await collect(
    spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  t.equal(status, 0, stderr);
  return stdout;
}

t.test('programs get a line of JSON an event', async (t) => {
  const lines = (await logged(false)).trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  t.match(events, [
    { level: 30, node: 3, msg: 'shown', time: /^\d{4}-\d\d-\d\dT/ },
    { level: 40, msg: 'careful' },
  ]);
  t.equal(events.length, 2);
  t.notOk('pid' in events[0]! || 'hostname' in events[0]!);
});

t.test('people get text', async (t) => {
  const text = await logged(true);
  t.match(text, /INFO.*shown/);
  t.throws(() => JSON.parse(text.split('\n')[0] ?? ''));
});
