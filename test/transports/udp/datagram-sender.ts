import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import { SendBufferPool } from '../../../transports/send-buffer-pool.ts';
import { BatchSender } from '../../../transports/udp/batch-sender.ts';
import { DatagramSender } from '../../../transports/udp/datagram-sender.ts';
import type { DatagramSocket, Sender } from '../../../transports/udp/datagram-sender.ts';
import type { Destination } from '../../../transports/udp/destination.ts';
import { FakeSocketOptions } from '../../fixtures/fake-socket-options.ts';

const MIB = 1024 * 1024;

type Done = (error: Error | null, bytes: number) => void;

/** A socket that sends when a test says so. */
class HeldSocket implements DatagramSocket {
  readonly sent: { readonly bytes: Uint8Array; readonly to: string; readonly done: (error: Error | null) => void }[] =
    [];
  broken: Error | null = null;

  send(
    bytes: Uint8Array,
    offset: number,
    length: number,
    portOrDone: number | Done,
    address?: string,
    done?: Done,
  ): void {
    if (this.broken !== null) throw this.broken;
    const connected = typeof portOrDone === 'function';
    const callback = connected ? portOrDone : done!;
    const to = connected ? 'peer' : `${address} ${portOrDone}`;
    const copy = bytes.slice(offset, offset + length);
    this.sent.push({ bytes: copy, to, done: (error) => callback(error, length) });
  }

  /** Completes all that was sent so far. */
  flush(error: Error | null = null): void {
    for (const { done } of this.sent.splice(0)) done(error);
  }
}

class NotedSender implements Sender {
  readonly destination: Destination | null;
  drains = 0;
  readonly errors: Error[] = [];
  onDrained = (): void => {};

  constructor(destination: Destination | null = null) {
    this.destination = destination;
  }

  drained(): void {
    this.drains += 1;
    this.onDrained();
  }

  sendFailed(error: Error): void {
    this.errors.push(error);
  }
}

function setup(): { socket: HeldSocket; pool: SendBufferPool; sender: DatagramSender } {
  const socket = new HeldSocket();
  const pool = new SendBufferPool();
  return { socket, pool, sender: new DatagramSender(socket, pool, null) };
}

function setupBatches(): ReturnType<typeof setup> & { options: FakeSocketOptions } {
  const options = new FakeSocketOptions();
  const socket = new HeldSocket();
  const pool = new SendBufferPool();
  return { options, socket, pool, sender: new DatagramSender(socket, pool, new BatchSender(options, 5)) };
}

t.test('a batch leaves as its messages, and its buffer comes back after the last', async (t) => {
  const { socket, pool, sender } = setup();
  const buffer = pool.take(250);
  for (let i = 0; i < 250; i += 1) buffer[i] = i;
  sender.send(new NotedSender(), buffer, 250, 100);
  t.strictSame(
    socket.sent.map(({ bytes, to }) => [bytes.length, bytes[0], to]),
    [
      [100, 0, 'peer'],
      [100, 100, 'peer'],
      [50, 200, 'peer'],
    ],
  );
  const [first, second, third] = socket.sent.splice(0);
  third!.done(null);
  first!.done(null);
  t.equal(pool.idleBytes, 0);
  second!.done(null);
  t.equal(pool.idleBytes, buffer.length);
});

t.test('an unconnected socket is told where to', async (t) => {
  const { socket, pool, sender } = setup();
  sender.send(new NotedSender({ address: '192.0.2.7', port: 4_840 }), pool.take(100), 100, 100);
  t.equal(socket.sent[0]?.to, '192.0.2.7 4840');
});

t.test('nothing to send sends nothing', async (t) => {
  const { socket, pool, sender } = setup();
  sender.send(new NotedSender(), pool.take(100), 0, 100);
  sender.send(new NotedSender(), pool.take(100), 100, 0);
  t.equal(socket.sent.length, 0);
  t.ok(pool.idleBytes > 0);
});

t.test('who learned that it is full hears when it is not', async (t) => {
  const { socket, pool, sender } = setup();
  const [filler, asker, other] = [new NotedSender(), new NotedSender(), new NotedSender()];
  const fill = (): void => sender.send(filler, pool.take(65_536), 65_536, 65_536);
  for (let count = 0; count < 64; count += 1) fill();
  t.ok(sender.isWritableFor(asker), 'at 4 MiB there is room');
  fill();
  t.notOk(sender.isWritableFor(asker), 'above it there is none');
  for (const { done } of socket.sent.splice(0, 32)) done(null);
  t.notOk(sender.isWritableFor(asker), 'it drains to the half first');
  t.equal(asker.drains + filler.drains, 0);
  for (const { done } of socket.sent.splice(0, 1)) done(null);
  t.strictSame([asker.drains, filler.drains, other.drains], [1, 1, 0]);
  t.ok(sender.isWritableFor(asker));
  socket.flush();
  t.strictSame([asker.drains, filler.drains, other.drains], [1, 1, 0]);
});

t.test('one that fills it again while the others are told keeps them waiting', async (t) => {
  const { socket, pool, sender } = setup();
  const [greedy, patient] = [new NotedSender(), new NotedSender()];
  const fill = (): void => {
    while (sender.isWritableFor(greedy)) sender.send(greedy, pool.take(65_536), 65_536, 65_536);
  };
  fill();
  t.notOk(sender.isWritableFor(patient));
  greedy.onDrained = () => {
    greedy.onDrained = () => {};
    fill();
  };
  socket.flush();
  t.strictSame([greedy.drains, patient.drains], [1, 0]);
  socket.flush();
  t.strictSame([greedy.drains, patient.drains], [2, 1]);
});

t.test('what ignores a full queue is dropped', async (t) => {
  const { socket, pool, sender } = setup();
  const heedless = new NotedSender();
  for (let count = 0; count < 1_000; count += 1) sender.send(heedless, pool.take(65_536), 65_536, 65_536);
  t.equal(socket.sent.length, (8 * MIB) / 65_536);
  socket.flush();
  sender.send(heedless, pool.take(64), 64, 64);
  t.equal(socket.sent.length, 1, 'and not for ever');
});

t.test('an error is told once for a batch, and the buffer comes back', async (t) => {
  const { socket, pool, sender } = setup();
  const noted = new NotedSender();
  sender.send(noted, pool.take(500), 500, 100);
  const error = Object.assign(new Error(), { code: 'EMSGSIZE' });
  socket.flush(error);
  t.strictSame(noted.errors, [error]);
  t.ok(pool.idleBytes > 0);
  sender.send(noted, pool.take(500), 500, 100);
  socket.flush(error);
  t.equal(noted.errors.length, 2);
});

t.test('a socket that throws is told of later', async (t) => {
  const { socket, pool, sender } = setup();
  const noted = new NotedSender();
  socket.broken = new Error('not connected');
  sender.send(noted, pool.take(500), 500, 100);
  t.equal(noted.errors.length, 0);
  await nextTurn();
  t.strictSame(noted.errors, [socket.broken]);
  t.ok(pool.idleBytes > 0);
});

t.test('after close nothing is sent and nobody told', async (t) => {
  const { socket, pool, sender } = setup();
  const noted = new NotedSender();
  while (sender.isWritableFor(noted)) sender.send(noted, pool.take(65_536), 65_536, 65_536);
  const before = socket.sent.length;
  sender.close();
  sender.send(noted, pool.take(64), 64, 64);
  t.equal(socket.sent.length, before);
  socket.flush(new Error('cancelled'));
  t.strictSame([noted.drains, noted.errors.length], [0, 0]);
});

t.test('with batches, one call sends at once and gives the buffer back', async (t) => {
  const { socket, pool, sender, options } = setupBatches();
  sender.send(new NotedSender(), pool.take(1_000), 1_000, 100);
  t.strictSame([options.sent.length, socket.sent.length], [1, 0]);
  t.ok(pool.idleBytes > 0);
});

t.test('with batches, what the kernel can not take now waits, and all that follows behind it', async (t) => {
  const { socket, pool, sender, options } = setupBatches();
  options.problems = ['', 'EAGAIN'];
  sender.send(new NotedSender(), pool.take(10_000), 10_000, 100);
  sender.send(new NotedSender(), pool.take(300), 300, 100);
  t.strictSame(
    options.sent.map(({ bytes }) => bytes.length),
    [6_400],
  );
  t.equal(socket.sent.length, 36 + 3);
  t.equal(pool.idleBytes, 0);
  socket.flush();
  t.ok(pool.idleBytes > 0);
  sender.send(new NotedSender(), pool.take(300), 300, 100);
  t.equal(options.sent.length, 2, 'then at once again');
});

t.test('with batches, an error is told once and not within the call', async (t) => {
  const { pool, sender, options } = setupBatches();
  const noted = new NotedSender();
  options.judge = () => 'ECONNREFUSED';
  sender.send(noted, pool.take(10_000), 10_000, 100);
  t.equal(noted.errors.length, 0);
  await nextTurn();
  t.match(noted.errors, [{ code: 'ECONNREFUSED' }]);
  t.equal(noted.errors.length, 1);
  sender.send(noted, pool.take(100), 100, 100);
  sender.close();
  await nextTurn();
  t.equal(noted.errors.length, 1, 'nor after close');
});

t.test('with batches, a kernel that takes everything does not stop the event loop', async (t) => {
  const { pool, sender } = setupBatches();
  const greedy = new NotedSender();
  let sends = 0;
  const fill = (): void => {
    for (; sender.isWritableFor(greedy) && sends < 1_000; sends += 1)
      sender.send(greedy, pool.take(50_000), 50_000, 1_000);
  };
  greedy.onDrained = fill;
  fill();
  t.ok(sends < 1_000, 'it pauses');
  const firstBurst = sends;
  while (greedy.drains === 0) await nextTurn();
  t.equal(sends, 2 * firstBurst, 'and goes on in a later turn');
  sender.close();
  await nextTurn();
  t.equal(greedy.drains, 1);
});
