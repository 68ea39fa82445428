import t from 'tap';
import {
  HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  messageLength,
  STREAM_MESSAGE_BYTES,
} from '../../transports/message-length.ts';
import { makeMessage, measureTestMessage } from '../fixtures/transport-message.ts';

t.strictSame([HEADER_BYTES, STREAM_MESSAGE_BYTES, MAX_MESSAGE_BYTES], [64, 65_599, 65_854]);

t.test('measures where a whole header stands', async (t) => {
  const bytes = Buffer.concat([Buffer.alloc(5), makeMessage(1, 100)]);
  t.equal(messageLength(measureTestMessage, bytes, 5), 100);
  t.equal(messageLength(measureTestMessage, bytes, 4), 0);
  for (let cut = 0; cut < 69; cut += 1) t.equal(messageLength(measureTestMessage, bytes.subarray(0, cut), 5), 0);
  t.equal(messageLength(measureTestMessage, bytes.subarray(0, 69), 5), 100);
});

t.test('a length outside of the limits is none', async (t) => {
  const header = new Uint8Array(64);
  for (const [measured, length] of [
    [0, 0],
    [63, 0],
    [64, 64],
    [65_854, 65_854],
    [65_855, 0],
    [Infinity, 0],
    [Number.NaN, 0],
    [-64, 0],
  ] as const) {
    t.equal(
      messageLength(() => measured, header, 0),
      length,
      String(measured),
    );
  }
});
