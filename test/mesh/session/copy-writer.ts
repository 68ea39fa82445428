import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { CopyWriter } from '../../../mesh/session/copy-writer.ts';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import { PacketWriter } from '../../../mesh/session/packet-writer.ts';
import type { SentFrame } from '../../../mesh/session/sent-frame.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

function make() {
  const streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  const writer = new PacketWriter();
  const write = (maxBytes: number): readonly SentFrame[] => {
    writer.write(streams, new Map(), maxBytes, true, 0);
    return writer.takeFrames()!;
  };
  return { streams, write };
}

/** The copies of a packet, as they are read. */
function copies(frames: readonly SentFrame[], maxBytes: number) {
  const copier = new CopyWriter();
  copier.begin(frames);
  const packets: string[][] = [];
  for (let payload = copier.next(maxBytes); payload.length > 0; payload = copier.next(maxBytes)) {
    if (payload.length > maxBytes) throw new RangeError(`${payload.length} of ${maxBytes} bytes`);
    const named = decodeFrames(payload, 2)!.map((frame) =>
      frame.type === 'data' ? `${frame.offset}+${frame.bytes.length}${frame.last ? '.' : ''}` : frame.type,
    );
    packets.push(named);
    const sent = copier.takeFrames();
    if (sent.length !== named.length || sent.some(({ type }) => type !== 'copy')) throw new Error('not told as sent');
  }
  return packets;
}

t.test('what is about streams is written once more, and nothing else', async (t) => {
  const { streams, write } = make();
  const stream = streams.open(SOMEWHERE);
  stream.write(new Uint8Array(10).fill(3));
  stream.finish();
  streams.queue.pings.push(1);
  streams.queue.once.push({ type: 'blocked', streamId: null });
  streams.queue.sessionCreditDue = true;
  streams.queue.addMeshFrame({ type: 'digest', bytes: new Uint8Array(3) });
  const frames = write(1_168);
  t.ok(frames.length > 5);
  t.same(copies(frames, 1_168), [['open', '0+10.']]);
  t.same(copies(frames, 40), [['open', '0+10.']]);
});

t.test('a long packet becomes several', async (t) => {
  const { streams, write } = make();
  const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => index & 0xff);
  const stream = streams.open(SOMEWHERE);
  stream.write(bytes);
  stream.finish();
  const frames = write(9_000);
  t.same(copies(frames, 1_168), [['open', '0+1153'], ['1153+1162'], ['2315+685.']]);
  const copier = new CopyWriter();
  copier.begin(frames);
  const read = new Uint8Array(3_000);
  for (let payload = copier.next(500); payload.length > 0; payload = copier.next(500)) {
    for (const frame of decodeFrames(payload, 2)!) if (frame.type === 'data') read.set(frame.bytes, frame.offset);
  }
  t.same(read, bytes);
});

t.test('the end of a stream without bytes, and of one that was reset', async (t) => {
  const { streams, write } = make();
  const stream = streams.open(SOMEWHERE);
  write(1_168);
  stream.finish();
  t.same(copies(write(1_168), 1_168), [['0+0.']]);
  const other = streams.open(SOMEWHERE);
  other.write(new Uint8Array(100));
  const frames = write(1_168);
  other.reset('reset-by-near');
  t.same(copies(frames, 1_168), [['open']], 'its bytes are gone');
  t.same(copies(write(1_168), 1_168), [['stop', 'reset']]);
});

t.test('what was acknowledged is left out', async (t) => {
  const { streams, write } = make();
  const stream = streams.open(SOMEWHERE);
  stream.write(new Uint8Array(2_000));
  const [first, second] = [write(1_000), write(2_000)];
  for (const frame of first) if (frame.type === 'data') stream.dataAcknowledged(frame.data);
  t.same(copies(first, 1_168), [['open']]);
  t.same(copies(second, 1_168).flat().length, 1);
});
