import t from 'tap';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import { DirectDialer, type DirectDialerOptions } from '../../../socks/direct/direct-dialer.ts';
import { addressBytes, hostText } from '../../../socks/host-text.ts';
import type { PumpStream } from '../../../socks/stream-pump.ts';
import { settled, VirtualScheduler } from '../fixtures/schedulers.ts';
import { closedPort, listen } from '../fixtures/sockets.ts';

const LOOPBACK = addressBytes('127.0.0.1')!;

function setup(options: Partial<DirectDialerOptions> = {}) {
  const scheduler = new VirtualScheduler();
  const dialer = new DirectDialer({ own: () => ({ addresses: [], ports: [] }), scheduler, ...options });
  return { scheduler, dialer };
}

/** The first thing that a stream says. */
function first(stream: PumpStream): Promise<StreamEvent> {
  return new Promise((resolve) => (stream.onEvent = resolve));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

t.test('an address that a program asked for, from this machine', async (t) => {
  const site = await listen((socket) => socket.end());
  const { dialer, scheduler } = setup();
  const stream = dialer.open(LOOPBACK, site.port, 'program');
  t.equal(dialer.streams, 1);
  const event = await first(stream);
  t.match(event, { type: 'opened', connectMs: 0, destination: { address: LOOPBACK } });
  if (event.type === 'opened') t.equal(hostText(event.bound.host), '127.0.0.1');
  stream.finish();
  await until(() => dialer.streams === 0);
  t.equal(scheduler.armed, 0);
  site.server.close();
});

t.test('a name that stands for this machine or its network is not connected to', async (t) => {
  const { port, server } = await listen(() => t.fail('connected'));
  const { dialer } = setup({ own: () => ({ addresses: [addressBytes('93.184.216.34')!], ports: [] }) });
  for (const text of ['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', '93.184.216.34']) {
    t.same(
      await first(dialer.open(addressBytes(text)!, port, 'exit')),
      { type: 'refused', reason: 'not-allowed' },
      text,
    );
  }
  t.equal(dialer.streams, 0);
  server.close();
});

t.test("the process's own ports are read at each connection, and are a loop", async (t) => {
  const ports: number[] = [];
  const site = await listen((socket) => socket.end());
  const { dialer } = setup({ own: () => ({ addresses: [], ports }) });
  t.match(await first(dialer.open(LOOPBACK, site.port, 'program')), { type: 'opened' });
  ports.push(site.port);
  t.same(await first(dialer.open(LOOPBACK, site.port, 'program')), { type: 'refused', reason: 'not-allowed' });
  dialer.close();
  site.server.close();
});

t.test('what the system says of an address, and how long it may take', async (t) => {
  const { dialer, scheduler } = setup();
  t.same(await first(dialer.open(LOOPBACK, await closedPort(), 'program')), {
    type: 'refused',
    reason: 'connection-refused',
  });
  t.same(await first(dialer.open(LOOPBACK, 0, 'program')), { type: 'refused', reason: 'not-allowed' });
  const slow = first(dialer.open(LOOPBACK, await closedPort(), 'program'));
  scheduler.advance(10_000);
  t.same(await slow, { type: 'refused', reason: 'timed-out' });
  t.equal(dialer.streams, 0);
});

t.test('too many at a time, and room again', async (t) => {
  const site = await listen((socket) => socket.resume());
  const { dialer } = setup({ maxStreams: 2 });
  const [one, two, three] = [1, 2, 3].map(() => dialer.open(LOOPBACK, site.port, 'program'));
  t.same(await first(three!), { type: 'refused', reason: 'overloaded' });
  t.match(await first(two!), { type: 'opened' });
  one!.reset('reset-by-near');
  await until(() => dialer.streams === 1);
  const four = dialer.open(LOOPBACK, site.port, 'program');
  t.match(await first(four), { type: 'opened' });
  const five = dialer.open(LOOPBACK, site.port, 'program');
  five.onEvent = () => t.fail('given up');
  five.reset('reset-by-near');
  dialer.close();
  dialer.close();
  await until(() => dialer.streams === 0);
  site.server.close();
});
