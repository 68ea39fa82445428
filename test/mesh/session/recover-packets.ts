import t from 'tap';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import { ParityWriter } from '../../../mesh/session/parity-writer.ts';
import { recoverPackets } from '../../../mesh/session/recover-packets.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { fromHex } from '../../fixtures/wire/hex.ts';

t.test('parity may come by another path than its group, and ACKs are not restored', async (t) => {
  const paths = new Map([0, 1].map((id) => [id, new SessionPath(id, new RecordingCarrier())]));
  const lost = fromHex('1f 02 00 10 00 00 00 01');
  const kept = fromHex('1f 01');
  const writer = new ParityWriter(1);
  writer.add(4, lost, 0.01, 100, 0);
  writer.add(5, kept, 0.01, 100, 0);
  const parity = writer.take(1_000)[0]!;
  const recover = (pathId: number, packetNumber: number, payload: Uint8Array): string[] =>
    recoverPackets(paths, paths.get(pathId)!, packetNumber, payload, decodeFrames(payload, 2)!).map(({ type }) => type);
  t.same(recover(1, 5, kept), []);
  t.same(recover(0, 9, parity), ['guarded', 'ping']);
  t.same(paths.get(1)!.parityReader.takeReport(), [{ first: 4, last: 4 }]);
  t.equal(paths.get(0)!.parityReader.takeReport(), null);
  const elsewhere = parity.slice();
  elsewhere[1] = 7;
  t.same(recover(0, 10, elsewhere), [], 'no such path');
});

t.test('a payload that says again and again that it is guarded is looked at once', async (t) => {
  const path = new SessionPath(0, new RecordingCarrier());
  const guarded = t.capture(path.parityReader, 'guarded', path.parityReader.guarded);
  const payload = new Uint8Array(1_000).fill(0x1f);
  t.same(recoverPackets(new Map([[0, path]]), path, 3, payload, decodeFrames(payload, 2)!), []);
  t.equal(guarded().length, 1);
});

t.test('links that lose nothing have no parity, and neither has a path without one', async (t) => {
  const writer = new ParityWriter(0);
  const lost = fromHex('1f 01');
  writer.add(4, lost, 0.01, 100, 0);
  const parity = writer.take(1_000)[0]!;
  const left = new SessionPath(0, new RecordingCarrier());
  left.detach(() => {});
  for (const [path, restored] of [
    [new SessionPath(0, new RecordingCarrier()), 2],
    [new SessionPath(0, new RecordingCarrier({ reliable: true })), 0],
    [left, 0],
  ] as const) {
    const frames = recoverPackets(new Map([[0, path]]), path, 9, parity, decodeFrames(parity, 2)!);
    t.equal(frames.length, restored);
    recoverPackets(new Map([[0, path]]), path, 4, lost, decodeFrames(lost, 2)!);
    path.attach(new RecordingCarrier());
    const second = fromHex('1f 01 01');
    const both = new ParityWriter(0);
    both.add(4, lost, 0.01, 100, 0);
    both.add(5, second, 0.01, 100, 0);
    const sum = both.take(1_000)[0]!;
    const later = recoverPackets(new Map([[0, path]]), path, 10, sum, decodeFrames(sum, 2)!);
    t.equal(later.length > 0, restored > 0, 'and keeps nothing');
  }
});
