import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { scheduleByTimer } from '../../transports/schedule.ts';

t.test('fires once, unless cancelled', async (t) => {
  // Something has to keep the process alive, as sockets do: these timers don't.
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fired: string[] = [];
  const cancel = scheduleByTimer(1, () => fired.push('cancelled'));
  cancel();
  cancel();
  await new Promise<void>((resolve) => {
    scheduleByTimer(1, () => fired.push('kept'));
    scheduleByTimer(5, resolve);
  });
  t.strictSame(fired, ['kept']);
  server.close();
});

t.test('does not keep the process alive', async (t) => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  scheduleByTimer(300_000, () => t.fail('fired'));
  t.equal(timers(), before, 'it would be listed here');
});
