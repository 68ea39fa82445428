import t from 'tap';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { MAX_ACK_BYTES, writeAck } from '../../../mesh/session/write-ack.ts';
import { ByteWriter } from '../../../mesh/wire/byte-writer.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

t.test('it says what arrived, and that counts as said', async (t) => {
  const path = new SessionPath(9, new RecordingCarrier());
  for (const packetNumber of [0, 1, 5]) path.received.receive(packetNumber, true, false, 10);
  const writer = new ByteWriter(new Uint8Array(600));
  const sent = writeAck(writer, path, 600, 12);
  const ranges = [
    { first: 5, last: 5 },
    { first: 0, last: 1 },
  ];
  t.same(sent, { type: 'ack', pathId: 9, ranges });
  t.same(decodeFrames(writer.written(), 2), [{ type: 'ack', pathId: 9, delayMs: 2, ranges }]);
  t.notOk(path.received.hasNews);
});

t.test('at its longest it fits its room', async (t) => {
  const path = new SessionPath(255, new RecordingCarrier());
  for (let count = 0; count < 100; count++) path.received.receive(2 ** 46 + count * 2 ** 28, true, false, 0);
  const writer = new ByteWriter(new Uint8Array(1_000));
  writeAck(writer, path, MAX_ACK_BYTES, 1_000_000);
  t.ok(writer.offset <= MAX_ACK_BYTES, `${writer.offset} bytes`);
});
