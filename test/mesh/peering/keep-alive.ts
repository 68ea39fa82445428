import t from 'tap';
import { KeepAlive } from '../../../mesh/peering/keep-alive.ts';

/** One of a session that is wanted. */
function wanted(): KeepAlive {
  const keepAlive = new KeepAlive();
  keepAlive.isWanted = true;
  return keepAlive;
}

/** When it probes where each probe is answered at once. */
function probesOf(keepAlive: KeepAlive, count: number): number[] {
  const times: number[] = [];
  while (times.length < count) {
    const nowMs = keepAlive.wakeAtMs;
    times.push(nowMs);
    keepAlive.probed(nowMs);
    keepAlive.heard(nowMs);
  }
  return times;
}

t.test(
  'without streams the first probe is for NATs on the way, and each that holds makes the next rarer',
  async (t) => {
    const keepAlive = wanted();
    t.equal(keepAlive.wakeAtMs, Infinity);
    keepAlive.used(false, 0);
    t.same(probesOf(keepAlive, 5), [25_000, 80_000, 190_000, 300_000, 410_000]);
  },
);

t.test('with streams the first probe follows soon after the last byte', async (t) => {
  const keepAlive = wanted();
  keepAlive.used(true, 0);
  t.same(probesOf(keepAlive, 8), [800, 2_400, 5_600, 12_000, 24_800, 49_800, 104_800, 214_800]);
  keepAlive.used(true, 300_000);
  t.same(probesOf(keepAlive, 1), [300_800], 'use begins anew');
});

t.test('an answer puts the next probe off, and an end forgets', async (t) => {
  const keepAlive = wanted();
  keepAlive.used(true, 0);
  keepAlive.heard(500);
  t.equal(keepAlive.wakeAtMs, 1_300);
  keepAlive.stop();
  t.equal(keepAlive.wakeAtMs, Infinity);
  keepAlive.heard(1_000);
  t.equal(keepAlive.wakeAtMs, 26_000);
});

t.test('a session that nobody wants is not probed, but known to have been heard', async (t) => {
  const keepAlive = new KeepAlive();
  t.equal(keepAlive.heardAtMs, -Infinity);
  keepAlive.used(true, 5_000);
  t.equal(keepAlive.wakeAtMs, Infinity);
  t.equal(keepAlive.heardAtMs, 5_000);
  t.equal(keepAlive.parkedUntilMs, 7_205_000);
  keepAlive.isWanted = true;
  t.equal(keepAlive.wakeAtMs, 5_800);
});

t.test('a session that rests is probed before it is given up, once it has held', async (t) => {
  const keepAlive = wanted();
  keepAlive.isWarm = false;
  keepAlive.used(false, 0);
  t.equal(keepAlive.usedAtMs, 0);
  t.same(probesOf(keepAlive, 4), [25_000, 80_000, 6_680_000, 13_280_000]);
  keepAlive.isWarm = true;
  t.equal(keepAlive.wakeAtMs, 13_390_000, 'and like others from when it is kept warm');
  keepAlive.isWarm = false;
  keepAlive.used(true, 14_000_000);
  t.same(probesOf(keepAlive, 1), [14_000_800], 'streams are watched like any others');
});

t.test('two NATs are kept from forgetting each other, unless the session rests', async (t) => {
  const keepAlive = wanted();
  keepAlive.linkChanged(true);
  keepAlive.used(false, 0);
  t.same(probesOf(keepAlive, 4), [25_000, 50_000, 75_000, 100_000]);
  keepAlive.isWarm = false;
  t.same(probesOf(keepAlive, 2), [125_000, 6_725_000]);
  keepAlive.isWarm = true;
  keepAlive.linkChanged(false);
  keepAlive.used(false, 7_000_000);
  t.same(probesOf(keepAlive, 3), [7_025_000, 7_080_000, 7_190_000]);
});

t.test('a limit to the silence holds from the next word on', async (t) => {
  const keepAlive = wanted();
  keepAlive.longestMs = 80_000;
  keepAlive.used(false, 0);
  t.same(probesOf(keepAlive, 4), [25_000, 80_000, 160_000, 240_000]);
});

t.test('of two sides that both probe the second waits longer, but not where streams are watched', async (t) => {
  const [first, second] = [wanted(), wanted()];
  second.isSecond = true;
  for (const keepAlive of [first, second]) keepAlive.used(true, 0);
  t.same(probesOf(second, 5), probesOf(first, 5));
  for (const keepAlive of [first, second]) keepAlive.heard(30_000);
  t.equal(first.wakeAtMs, 55_000);
  t.equal(second.wakeAtMs, 60_000);
});

t.test('who only shows to be there was heard, and is probed when it would have been', async (t) => {
  const keepAlive = wanted();
  keepAlive.used(false, 0);
  keepAlive.overheard(20_000);
  t.equal(keepAlive.heardAtMs, 20_000);
  t.equal(keepAlive.wakeAtMs, 25_000);
});
