import fc from 'fast-check';
import t from 'tap';
import { encodeFrame } from '../../../mesh/session/encode-frame.ts';
import { type Frame, MAX_PIECE_BYTES } from '../../../mesh/session/frame.ts';
import { cutFrame, FramePieces } from '../../../mesh/session/frame-pieces.ts';
import { ByteWriter } from '../../../mesh/wire/byte-writer.ts';

const records = (length: number, fill = 7): Frame & { type: 'records' } => ({
  type: 'records',
  bytes: new Uint8Array(length).fill(fill),
});

t.test('pieces fit the payload of a message of 548 bytes', async (t) => {
  for (const length of [MAX_PIECE_BYTES, 600, 1_150, 1_800]) {
    for (const piece of cutFrame(records(length), Number.MAX_SAFE_INTEGER)) {
      const writer = new ByteWriter(new Uint8Array(484));
      t.doesNotThrow(() => encodeFrame(writer, piece));
    }
  }
});

t.test('what is short, too long or no gossip is not cut', async (t) => {
  t.same(cutFrame(records(100), 0), []);
  t.same(cutFrame(records(1_880), 0), []);
  t.same(cutFrame({ type: 'ping' }, 0), []);
  t.same(cutFrame(cutFrame(records(1_000), 0)[0]!, 1), []);
});

t.test('messages of members are cut, too', async (t) => {
  const frame: Frame = { type: 'oob', topic: 'x'.repeat(32), bytes: new Uint8Array(1_000).fill(5) };
  const pieces = cutFrame(frame, 3);
  t.equal(pieces.length, 3);
  const assembler = new FramePieces();
  t.same(
    pieces.map((piece) => assembler.receive(piece)),
    [null, null, frame],
  );
});

t.test('in any order, with repetitions, each frame comes out once for each set of pieces', async (t) => {
  const property = fc.property(
    fc.array(fc.integer({ min: 472, max: 1_800 }), { maxLength: 20 }),
    fc.infiniteStream(fc.nat()),
    (lengths, random) => {
      const frames = lengths.map((length, index) => records(length, index));
      const pieces = frames.flatMap((frame, index) => [...cutFrame(frame, index)]);
      for (let index = pieces.length - 1; index > 0; index--) {
        const other = random.next().value! % (index + 1);
        [pieces[index], pieces[other]] = [pieces[other]!, pieces[index]!];
      }
      const assembler = new FramePieces();
      const whole = pieces.flatMap((piece) => {
        const lent = { ...piece, bytes: piece.bytes.slice() };
        const frame = assembler.receive(lent);
        lent.bytes.fill(0xdb);
        return frame === null ? [] : [frame];
      });
      const key = (frame: Frame): string => (frame.type === 'records' ? Buffer.from(frame.bytes).toString('hex') : '');
      return JSON.stringify(whole.map(key).sort()) === JSON.stringify(frames.map(key).sort());
    },
  );
  t.doesNotThrow(() => fc.assert(property, { seed: 3, numRuns: 100 }));
});

t.test('pieces that do not belong together make nothing', async (t) => {
  const assembler = new FramePieces();
  const [first, second, third] = cutFrame(records(1_150), 1);
  t.equal(assembler.receive(first!), null);
  t.equal(assembler.receive({ ...second!, count: 4 }), null);
  t.equal(assembler.receive(second!), null);
  t.match(assembler.receive(third!), { type: 'records' });
  for (const hex of ['01', '1c0100', '1301aa1301bb', '1e00000100', '13ff']) {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    t.equal(assembler.receive({ type: 'piece', number: 2, index: 0, count: 1, bytes }), null, hex);
  }
});

t.test('a peer that never finishes keeps only so much', async (t) => {
  const assembler = new FramePieces();
  const [first, second] = cutFrame(records(600), 0);
  for (let number = 0; number < 1_000; number++) assembler.receive({ ...first!, number });
  t.equal(assembler.receive({ ...second!, number: 743 }), null, 'forgotten');
  t.match(assembler.receive({ ...second!, number: 745 }), { type: 'records' });
});
