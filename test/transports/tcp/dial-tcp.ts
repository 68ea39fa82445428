import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import type { Endpoint } from '../../../config/endpoint.ts';
import { dialTcp } from '../../../transports/tcp/dial-tcp.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { ManualSchedule } from '../../fixtures/manual-schedule.ts';
import { sendMessage, testContext } from '../../fixtures/transport-bench.ts';

/** A server that leaves its connections alone. */
async function openServer(): Promise<{ endpoint: Endpoint; connection: Promise<Socket>; close(): void }> {
  const server = createServer();
  const sockets: Socket[] = [];
  const connection = new Promise<Socket>((resolve) => server.once('connection', resolve));
  server.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { endpoint: { transport: 'tcp', host: '127.0.0.1', port: address.port }, connection, close };
}

t.test('becomes writable when connected, and stops its timer', async (t) => {
  const { endpoint, close } = await openServer();
  const schedule = new ManualSchedule();
  const recorder = new LinkRecorder();
  const link = dialTcp(endpoint, testContext({ schedule: schedule.schedule }), recorder);
  t.notOk(link.writable);
  t.strictSame(
    schedule.pending.map(({ delayMs }) => delayMs),
    [10_000],
  );
  await recorder.until(() => recorder.room.length > 0);
  t.equal(recorder.room[0], link);
  t.ok(link.writable);
  t.equal(schedule.pending.length, 0);
  link.keep();
  link.close();
  close();
});

t.test('what is sent while connecting arrives', async (t) => {
  const { endpoint, connection, close } = await openServer();
  const link = dialTcp(endpoint, testContext(), new LinkRecorder());
  for (let sequence = 0; sequence < 5; sequence += 1) sendMessage(link, sequence, 1_000);
  const socket = await connection;
  let bytes = 0;
  while (bytes < 5_008) bytes += (await once(socket, 'data'))[0].length;
  t.ok(bytes <= 5_032);
  link.close();
  close();
});

t.test('gives up after ten seconds', async (t) => {
  const { endpoint, close } = await openServer();
  const schedule = new ManualSchedule();
  const recorder = new LinkRecorder();
  const link = dialTcp(endpoint, testContext({ schedule: schedule.schedule }), recorder);
  // The timer goes off before the event loop has had a turn to connect.
  schedule.pending[0]!.fire();
  t.strictSame(recorder.failures, [{ link, failure: { code: 'timed-out' } }]);
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  t.equal(recorder.events, 1);
  close();
});

t.test('closed while connecting says nothing', async (t) => {
  const { endpoint, close } = await openServer();
  const schedule = new ManualSchedule();
  const recorder = new LinkRecorder();
  const link = dialTcp(endpoint, testContext({ schedule: schedule.schedule }), recorder);
  sendMessage(link, 1, 100);
  link.close();
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  t.equal(recorder.events, 0);
  t.equal(schedule.pending.length, 0);
  close();
});

t.test('a server that is none of ours is left', async (t) => {
  const { endpoint, connection, close } = await openServer();
  const recorder = new LinkRecorder();
  const link = dialTcp(endpoint, testContext(), recorder);
  const socket = await connection;
  socket.resume();
  socket.write(`HTTP/1.1 400 Bad Request\r\nServer: ${'s'.repeat(80)}\r\n\r\n`);
  await recorder.until(() => recorder.failures.length > 0);
  t.strictSame(recorder.failures, [{ link, failure: { code: 'garbage' } }]);
  await once(socket, 'close');
  close();
});
