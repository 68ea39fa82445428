import t from 'tap';
import { SessionNumbers } from '../../../mesh/peering/session-numbers.ts';

t.test('a proposal is one more than the highest, and at least the seconds since 1970', async (t) => {
  t.equal(new SessionNumbers(0).named(1_800_000_000.9), 1_800_000_000);
  t.equal(new SessionNumbers(1_900_000_000).named(1_800_000_000), 1_900_000_001);
  const numbers = new SessionNumbers(5);
  t.equal(numbers.named(100), 100);
  t.equal(numbers.named(50), 100, 'a clock that goes back changes nothing');
  t.equal(numbers.settled, 0);
  t.equal(numbers.highest, 5);
});

t.test('both use the higher of two proposals', async (t) => {
  const low = new SessionNumbers(0);
  const high = new SessionNumbers(500);
  t.notOk(low.hear(high.named(100)));
  t.notOk(high.hear(low.named(100)));
  t.equal(low.named(100), 501);
  t.equal(high.named(100), 501);
});

t.test('who hears a lower number than it knows answers with one more', async (t) => {
  const numbers = new SessionNumbers(500);
  t.notOk(numbers.hear(400));
  t.equal(numbers.named(100), 501);
});

t.test('a session in use gives way to a higher number only', async (t) => {
  const numbers = new SessionNumbers(0);
  numbers.settle(100);
  t.equal(numbers.named(200), 100);
  t.notOk(numbers.hear(99));
  t.notOk(numbers.hear(100));
  t.ok(numbers.hear(101));
  t.same(
    [99, 100, 101].map((number) => numbers.judge(number)),
    ['older', 'current', 'newer'],
  );
});

t.test('a number that ended is never used again', async (t) => {
  const numbers = new SessionNumbers(0);
  numbers.settle(100);
  numbers.end();
  t.equal(numbers.settled, 0);
  t.equal(numbers.highest, 100);
  t.equal(numbers.judge(100), 'older');
  t.notOk(numbers.mayBegin(100));
  t.equal(numbers.named(0), 101);
  t.ok(numbers.mayBegin(101));
});

t.test('after the last number there is none', async (t) => {
  const numbers = new SessionNumbers(0xffff_fffe);
  t.equal(numbers.named(0), 0xffff_ffff);
  t.ok(numbers.mayBegin(0xffff_ffff));
  numbers.settle(0xffff_ffff);
  numbers.end();
  t.equal(numbers.named(0), 0xffff_ffff, 'it still fits into a HELLO');
  t.notOk(numbers.mayBegin(numbers.named(0)));
});
