import t from 'tap';
import { ReceivingHalf } from '../../../mesh/session/receiving-half.ts';
import { PiecePool } from '../../../mesh/session/piece-pool.ts';
import { SegmentBudget } from '../../../mesh/session/segment-budget.ts';
import { ascii } from '../../fixtures/wire/hex.ts';

class Host {
  readonly segments = new SegmentBudget();
  readonly pieces = new PiecePool();
  consumed = 0;
  streamConsumed(bytes: number): void {
    this.consumed += bytes;
  }
}

function make(): { host: Host; half: ReceivingHalf } {
  const host = new Host();
  return { host, half: new ReceivingHalf(host) };
}

const abc = ascii('abc');

t.test('tells of bytes in order once, until they are read', async (t) => {
  const { host, half } = make();
  t.equal(half.receive(3, abc, false), 'nothing');
  t.equal(half.receive(0, abc, false), 'readable');
  t.equal(half.receive(6, abc, false), 'nothing');
  t.ok(half.isReadable);
  t.equal(half.read()?.length, 3);
  t.equal(half.read()?.length, 6);
  t.equal(half.read(), null);
  t.equal(host.consumed, 9);
  t.equal(half.receive(9, abc, false), 'readable');
});

t.test('an empty end is told too, and read ends it', async (t) => {
  const { half } = make();
  half.receive(0, abc, false);
  half.read();
  t.equal(half.receive(3, new Uint8Array(0), true), 'readable');
  t.ok(half.readEnded);
  t.ok(half.isReadable);
  t.notOk(half.isDone, 'until the owner looked');
  t.equal(half.read(), null);
  t.ok(half.isDone && half.readEnded);
});

t.test('a cut never looks like an end', async (t) => {
  for (const finalOffset of [3, 10]) {
    const { host, half } = make();
    half.receive(0, abc, false);
    t.ok(half.cutAt(finalOffset));
    t.equal(half.read(), null);
    t.notOk(half.readEnded, `cut at ${finalOffset}`);
    t.ok(half.isDone);
    t.equal(host.consumed, finalOffset, 'bytes that never came count as consumed');
  }
  const { half } = make();
  half.receive(0, abc, true);
  half.abandon();
  t.notOk(half.readEnded, 'what was not read is lost');
  t.equal(half.read(), null);
});

t.test('a final offset below what came, or against the end, is refused', async (t) => {
  const { half } = make();
  half.receive(5, abc, false);
  t.notOk(half.cutAt(7));
  t.ok(half.cutAt(8));
  const other = make().half;
  other.receive(0, abc, true);
  t.notOk(other.cutAt(4));
});

t.test('what is dropped counts for credit until the end is known', async (t) => {
  const { host, half } = make();
  half.receive(0, abc, false);
  half.receive(10, abc, false);
  t.ok(half.drop());
  t.equal(host.consumed, 13);
  t.equal(host.segments.used, 0);
  t.notOk(half.drop());
  t.notOk(half.readEnded || half.needsCredit || half.isOpen);
  half.receive(13, abc, false);
  t.equal(host.consumed, 16);
  half.receive(3, abc, false);
  t.equal(host.consumed, 16, 'a repair adds nothing');
  half.receive(2, abc, true);
  t.notOk(half.isDone, 'an end that contradicts');
  half.receive(16, new Uint8Array(0), true);
  t.ok(half.isDone);
  t.notOk(half.readEnded);
});

t.test('dropped with the end known it is over', async (t) => {
  const { host, half } = make();
  half.receive(0, abc, true);
  t.notOk(half.drop());
  t.ok(half.isDone);
  t.notOk(half.readEnded);
  t.equal(host.consumed, 3);
});

t.test('credit: new bytes, the limit, and nothing once it is over', async (t) => {
  const { half } = make();
  t.equal(half.newBytes(0, 3), 3);
  half.receive(0, abc, false);
  t.equal(half.newBytes(0, 3), 0);
  t.equal(half.newBytes(100, 50), 147);
  t.equal(half.newBytes(262_144, 0), 262_141);
  t.equal(half.newBytes(262_144, 1), null);
  t.equal(half.newBytes(Number.MAX_SAFE_INTEGER, 0), null);
  half.abandon();
  t.equal(half.newBytes(262_144, 1), 0);
  t.equal(half.receive(0, abc, false), 'nothing');
});

t.test('contradictions are broken', async (t) => {
  const { half } = make();
  half.receive(0, abc, true);
  t.equal(half.receive(3, abc, false), 'broken');
});

t.test(
  'bytes behind a gap ask for credit once half of it is used, bytes that wait for the reader do not',
  async (t) => {
    const { half } = make();
    t.equal(half.isShortOfCredit(50, 10), false);
    half.receive(3, abc, false);
    t.equal(half.isShortOfCredit(50, 10), false);
    half.receive(200_000, abc, false);
    t.ok(half.isShortOfCredit(50, 10));
    t.equal(half.credit.grantedOffset, 524_288);
    half.receive(500_000, abc, false);
    half.receive(0, abc, false);
    t.equal(half.isShortOfCredit(50, 10), false, 'the reader has work');
  },
);
