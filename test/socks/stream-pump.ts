import { once } from 'node:events';
import t from 'tap';
import { StreamPump } from '../../socks/stream-pump.ts';
import type { PumpTotals } from '../../socks/stream-pump.ts';
import type { StreamEvent } from '../../mesh/mesh-stream.ts';
import { streamPair } from '../fixtures/stream-pair.ts';
import type { PairedStream } from '../fixtures/stream-pair.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { pumpedSocket, TARGET, until } from './fixtures/pumped-socket.ts';
import { settled } from './fixtures/schedulers.ts';
import { SocketReader, closeCode, pattern, socketPair, textUntilEnd } from './fixtures/sockets.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** What the far side can read now. */
function readAll(stream: PairedStream): string {
  const pieces: Uint8Array[] = [];
  for (let bytes = stream.read(); bytes !== null; bytes = stream.read()) pieces.push(bytes);
  return Buffer.concat(pieces).toString('latin1');
}

t.test('a socket that lends its bytes may read the next ones into the same memory', async (t) => {
  const { here } = await socketPair();
  const { near, far } = streamPair({ target: TARGET, client: nodeId(1), exit: nodeId(7) });
  const pump = new StreamPump(here, near, { side: 'far', lendsBytes: true, closed: () => {} });
  const memory = Buffer.from('first');
  here.emit('data', memory);
  memory.write('again');
  here.emit('data', memory);
  memory.fill(0);
  await settled();
  t.equal(readAll(far), 'firstagain');
  pump.close('shutting-down');
});

t.test('bytes both ways, then both ends, then nothing is held', async (t) => {
  const { here, there, near, far, closed, closedTimes } = await pumpedSocket({}, latin1('first '));
  there.end('question');
  let heard = '';
  await until(() => {
    heard += readAll(far);
    return far.readEnded;
  });
  t.equal(heard, 'first question');
  far.write(latin1('late answer'));
  far.finish();
  t.equal(await textUntilEnd(there), 'late answer');
  t.same(await closed, { bytesFromSocket: 14, bytesToSocket: 11, end: 'finished' });
  for (const event of ['data', 'drain', 'error', 'close', 'finish']) {
    t.equal(here.listeners(event).length, 0, `no listener for ${event}`);
  }
  near.onEvent({ type: 'reset', reason: 'session-gone' });
  await settled();
  t.equal(closedTimes.length, 1);
  t.notOk(near.over, 'a finished stream is not reset');
});

t.test('the far side ends first and still hears the rest', async (t) => {
  const { there, far, closed } = await pumpedSocket();
  far.write(latin1('banner'));
  far.finish();
  t.equal(await textUntilEnd(there), 'banner');
  there.write('one ');
  there.end('two');
  let heard = '';
  await until(() => {
    heard += readAll(far);
    return far.readEnded;
  });
  t.equal(heard, 'one two');
  t.equal((await closed).end, 'finished');
});

t.test('every piece is given back once the socket has it', async (t) => {
  const { there, near, far, closed } = await pumpedSocket();
  const bytes = pattern(300_000, 1);
  there.resume();
  far.write(bytes);
  far.finish();
  await until(() => near.bytesGivenBack > 0);
  there.end();
  await until(() => {
    readAll(far);
    return far.readEnded;
  });
  t.equal((await closed).bytesToSocket, bytes.length);
  t.equal(near.bytesGivenBack, bytes.length);
});

t.test('what was there before the pump is not missed', async (t) => {
  const { here, there } = await socketPair();
  const { near, far } = streamPair({ target: TARGET, client: nodeId(1), exit: nodeId(7) });
  far.write(latin1('hello'));
  far.finish();
  there.end('early');
  here.pause();
  await settled();
  const closed = new Promise<PumpTotals>((resolve) => {
    new StreamPump(here, near, { side: 'far', closed: resolve });
  });
  t.equal(await textUntilEnd(there), 'hello');
  let heard = '';
  await until(() => {
    heard += readAll(far);
    return far.readEnded;
  });
  t.equal(heard, 'early');
  t.same(await closed, { bytesFromSocket: 5, bytesToSocket: 5, end: 'finished' });
});

t.test('a program that had ended before the pump, with nothing left to read', async (t) => {
  const { here, there } = await socketPair();
  const { near, far } = streamPair({ target: TARGET, client: nodeId(1), exit: nodeId(7) });
  here.resume();
  there.end();
  await once(here, 'end');
  here.pause();
  const closed = new Promise<PumpTotals>((resolve) => {
    new StreamPump(here, near, { side: 'near', firstBytes: latin1('all of it'), closed: resolve });
  });
  let heard = '';
  await until(() => {
    heard += readAll(far);
    return far.readEnded;
  });
  t.equal(heard, 'all of it');
  far.write(latin1('answer'));
  far.finish();
  t.equal(await textUntilEnd(there), 'answer');
  t.same(await closed, { bytesFromSocket: 9, bytesToSocket: 6, end: 'finished' });
});

t.test('a reset stream is a reset socket', async (t) => {
  const { there, far, closed } = await pumpedSocket();
  const code = closeCode(there);
  there.resume();
  far.reset('reset-by-far');
  t.equal(await code, 'ECONNRESET');
  t.equal((await closed).end, 'stream-reset');
});

t.test('a reset socket is a reset stream, and says whose side it was', async (t) => {
  for (const [side, reason] of [
    ['near', 'reset-by-near'],
    ['far', 'reset-by-far'],
  ] as const) {
    const { here, there } = await socketPair();
    const { near, far } = streamPair({ target: TARGET, client: nodeId(1), exit: nodeId(7) });
    const reset = new Promise<StreamEvent>((resolve) => {
      far.onEvent = resolve;
    });
    const closed = new Promise<PumpTotals>((resolve) => {
      new StreamPump(here, near, { side, closed: resolve });
    });
    there.resetAndDestroy();
    t.same(await reset, { type: 'reset', reason });
    t.equal((await closed).end, 'socket-failed');
  }
});

t.test('a socket that died before the pump took it', async (t) => {
  const { here } = await socketPair();
  here.destroy();
  await once(here, 'close');
  const { near, far } = streamPair({ target: TARGET, client: nodeId(1), exit: nodeId(7) });
  const totals = await new Promise<PumpTotals>((resolve) => {
    new StreamPump(here, near, { side: 'near', firstBytes: latin1('x'), closed: resolve });
  });
  t.equal(totals.end, 'socket-failed');
  t.ok(far.over);
});

t.test('closing cuts off both sides, once', async (t) => {
  const { there, events, closed, closedTimes, pump } = await pumpedSocket();
  const code = closeCode(there);
  there.resume();
  pump.close('shutting-down');
  pump.close('shutting-down');
  t.equal(await code, 'ECONNRESET');
  t.equal((await closed).end, 'closed-here');
  pump.close('shutting-down');
  await settled();
  t.same(events, [{ type: 'reset', reason: 'shutting-down' }]);
  t.equal(closedTimes.length, 1);
});

t.test('a program that leaves while it is being sent to', async (t) => {
  const { there, far, events, closed } = await pumpedSocket();
  far.write(pattern(60_000, 4));
  await new SocketReader(there).exactly(1);
  there.destroy();
  // Its system answers the first of them with a reset, which shows at the next.
  await until(() => {
    far.write(pattern(10_000, 4));
    return far.over;
  });
  t.equal((await closed).end, 'socket-failed');
  await settled();
  t.same(events.at(-1), { type: 'reset', reason: 'reset-by-near' });
});
