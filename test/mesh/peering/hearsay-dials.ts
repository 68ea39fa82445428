import t from 'tap';
import { HearsayDials } from '../../../mesh/peering/hearsay-dials.ts';

const HOUR_MS = 3_600_000;

/** How many of so many attempts are let through, in all. */
function tries(
  dials: HearsayDials,
  urls: readonly string[],
  times: number,
  nowMs: number,
  lastGood: string | null = null,
) {
  let count = 0;
  for (let time = 0; time < times; time++) count += Number(dials.mayTry(urls[time % urls.length]!, lastGood, nowMs));
  return count;
}

t.test('what the configuration names may always be tried', async (t) => {
  const dials = new HearsayDials();
  dials.set(['b']);
  t.equal(tries(dials, ['a'], 1_000, 0), 1_000);
});

t.test(
  'what only a record names may be tried sixteen times, eight more with a reason, and then seven or eight times an hour',
  async (t) => {
    const dials = new HearsayDials();
    dials.set(['a']);
    t.equal(tries(dials, ['a'], 100, 0), 16);
    dials.roundBegins(true);
    t.equal(tries(dials, ['a'], 100, 0), 8);
    t.equal(tries(dials, ['a'], 100, HOUR_MS), 3 + 3);
    dials.roundBegins(false);
    t.equal(tries(dials, ['a'], 100, 2 * HOUR_MS), 4);
    dials.roundBegins(true);
    t.equal(tries(dials, ['a'], 100, 2 * HOUR_MS), 4);
    t.equal(tries(dials, ['a'], 100, 1_000 * HOUR_MS), 24, 'never more than at first');
  },
);

t.test('a record that changes begins nothing anew', async (t) => {
  const dials = new HearsayDials();
  dials.roundBegins(true);
  let count = 0;
  for (let change = 0; change < 100; change++) {
    const urls = Array.from({ length: 18 }, (_, index) => `${change} ${index}`);
    dials.set(urls);
    count += tries(dials, urls, 100, 0);
  }
  t.equal(count, 24);
});

t.test('where there are few left each address has its turn', async (t) => {
  const dials = new HearsayDials();
  const urls = ['a', 'b', 'c'];
  dials.set(urls);
  tries(dials, urls, 100, 0);
  const tried: string[] = [];
  for (let nowMs = 0; nowMs < 6 * 960_000; nowMs += 60_000)
    for (const url of urls) if (dials.mayTry(url, null, nowMs)) tried.push(url);
  for (const url of urls) t.ok(tried.filter((one) => one === url).length >= 1, url);
  t.equal(tried.length, 5);
});

t.test('where it answered it may be tried for an hour after', async (t) => {
  const dials = new HearsayDials();
  dials.set(['a', 'b']);
  t.equal(tries(dials, ['a'], 1_000, 0, 'a'), 1_000);
  t.equal(tries(dials, ['b'], 1_000, 0, 'a'), 15, 'another address is not that, and the last one is kept');
  t.equal(tries(dials, ['a'], 10, HOUR_MS - 1, 'a'), 10);
  t.ok(tries(dials, ['a'], 100, HOUR_MS, 'a') <= 4);
  dials.heard();
  t.equal(tries(dials, ['a'], 1_000, HOUR_MS, 'a'), 1_000);
});

t.test('on another network it begins anew', async (t) => {
  const dials = new HearsayDials();
  dials.set(['a', 'b']);
  t.equal(tries(dials, ['b'], 1, 0, 'a'), 1);
  tries(dials, ['b'], 1_000, HOUR_MS, 'a');
  dials.reset();
  t.equal(tries(dials, ['a'], 1_000, HOUR_MS, 'a'), 1_000);
  t.equal(tries(dials, ['b'], 1_000, HOUR_MS, 'a'), 15);
});

t.test('when the network seems to be back it begins anew, once an hour', async (t) => {
  const dials = new HearsayDials();
  dials.set(['a']);
  for (const [nowMs, count] of [
    [0, 16],
    [1, 0],
    [HOUR_MS, 16],
    [HOUR_MS + 1, 0],
  ] as const) {
    dials.networkBack(nowMs);
    t.equal(tries(dials, ['a'], 100, nowMs), count);
  }
});
