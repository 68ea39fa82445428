import t from 'tap';
import { pumpedSocket, until } from './fixtures/pumped-socket.ts';
import { settled } from './fixtures/schedulers.ts';
import { digestUntilEnd, pattern, sha256, textUntilEnd } from './fixtures/sockets.ts';

// What a pump does where one end takes bytes more slowly than the other gives them, or not at all.

t.test('a peer that wants no more: the socket is not read, the answer still arrives', async (t) => {
  const { here, there, near, far, closed } = await pumpedSocket();
  far.stop('reset-by-far');
  there.write(pattern(100_000, 1));
  await until(() => here.isPaused());
  t.equal(near.bufferedBytes, 0);
  far.write(Buffer.from('go away', 'latin1'));
  far.finish();
  t.equal(await textUntilEnd(there), 'go away');
  there.end('unheard');
  const totals = await closed;
  t.equal(totals.end, 'finished');
  t.equal(totals.bytesToSocket, 7);
});

t.test(
  'a slow far side: the socket is not read, and no more is queued than the high-water mark and one read',
  async (t) => {
    const highWaterBytes = 32 * 1024;
    const { here, there, near, far } = await pumpedSocket({ highWaterBytes, windowBytes: 48 * 1024 });
    const sent = pattern(20_000_000, 2);
    there.end(sent);
    await until(() => here.isPaused());
    await settled();
    t.ok(there.writableLength > 0, 'the program is held back');
    t.ok(near.bufferedBytes >= highWaterBytes);
    t.ok(near.peakBufferedBytes < highWaterBytes + 65_537, `peak ${near.peakBufferedBytes}`);
    const pieces: Uint8Array[] = [];
    await until(() => {
      for (let bytes = far.read(); bytes !== null; bytes = far.read()) pieces.push(bytes);
      return far.readEnded;
    });
    far.finish();
    there.resume();
    t.equal(sha256(Buffer.concat(pieces)), sha256(sent));
    t.ok(near.peakBufferedBytes < highWaterBytes + 65_537, `peak ${near.peakBufferedBytes}`);
  },
);

t.test('a slow program: the stream is not read, so the far side has no credit', async (t) => {
  const pieceBytes = 16 * 1024;
  const { here, there, near, far } = await pumpedSocket({ pieceBytes });
  const sent = pattern(20_000_000, 3);
  let offset = 0;
  const fill = (): void => {
    while (offset < sent.length && far.bufferedBytes < far.highWaterBytes) {
      far.write(sent.subarray(offset, (offset += 50_000)));
    }
    if (offset >= sent.length) far.finish();
  };
  far.onEvent = (event) => {
    if (event.type === 'writable') fill();
  };
  fill();
  // The system takes some megabytes for the program; then nothing moves any more.
  for (let before = -1; before !== near.reads;) {
    before = near.reads;
    for (let turn = 0; turn < 10; turn++) await settled();
  }
  t.ok(offset < sent.length, `held back after ${offset} bytes`);
  t.ok(here.writableLength <= here.writableHighWaterMark + pieceBytes, `socket ${here.writableLength}`);
  t.ok(far.peakBufferedBytes <= far.highWaterBytes + 50_000, `stream ${far.peakBufferedBytes}`);
  const { hex } = await digestUntilEnd(there);
  t.equal(hex, sha256(sent));
  there.end();
});
