import t from 'tap';
import { encodeFrame } from '../../../mesh/session/encode-frame.ts';
import { frameFits } from '../../../mesh/session/frame-fits.ts';
import type { Frame } from '../../../mesh/session/frame.ts';
import type { Target } from '../../../mesh/session/target.ts';
import { ByteWriter } from '../../../mesh/wire/byte-writer.ts';

const LARGEST = 2 ** 53 - 1;
const NAMED: Target = { host: { type: 'name', name: 'x'.repeat(255) }, port: 65_535 };
const ADDRESSED: Target = { host: { type: 'ip', bytes: new Uint8Array(16) }, port: 65_535 };
const POSITION = { latitude: 89.99, longitude: 179.99 };

/** Each as long as it gets. */
const longest: readonly Frame[] = [
  { type: 'open', streamId: LARGEST, target: NAMED, firstData: new Uint8Array(0) },
  { type: 'open', streamId: LARGEST, target: ADDRESSED, firstData: new Uint8Array(300) },
  { type: 'opened', streamId: LARGEST, bound: NAMED, connectMs: 1e12, destination: null },
  {
    ...{ type: 'opened', streamId: LARGEST, bound: ADDRESSED, connectMs: 1e12 },
    destination: { address: new Uint8Array(16), country: 'DE', position: POSITION },
  },
  { type: 'refused', streamId: LARGEST, reason: 'failed' },
  { type: 'reset', streamId: LARGEST, reason: 'reset-by-near', finalOffset: LARGEST },
  { type: 'stop', streamId: LARGEST, reason: 'reset-by-near' },
  { type: 'max-stream-data', streamId: LARGEST, bytes: LARGEST },
  { type: 'goodbye', reason: 'restarting', backInS: LARGEST },
  ...(['hello', 'records', 'digest', 'want', 'lost'] as const).map((type): Frame => ({
    type,
    bytes: new Uint8Array(16_000),
  })),
  { type: 'witness', bytes: new Uint8Array(69) },
  { type: 'piece', number: LARGEST, index: 63, count: 64, bytes: new Uint8Array(1_000) },
  { type: 'oob', topic: 'x'.repeat(63), bytes: new Uint8Array(1_000) },
];

t.test('what is said to fit does', async (t) => {
  for (const frame of longest) {
    let room = 0;
    while (!frameFits(frame, room)) room++;
    const writer = new ByteWriter(new Uint8Array(room));
    t.doesNotThrow(() => encodeFrame(writer, frame), frame.type);
    t.ok(room - writer.offset < 48, `${frame.type}: ${writer.offset} of ${room} bytes`);
    t.ok(frameFits(frame, room + 1));
  }
});
