import t from 'tap';
import { PathChooser } from '../../../mesh/session/path-chooser.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

/** A path whose round trips take this long. */
class TestPath extends SessionPath {
  readonly link: RecordingCarrier;
  #rttMs = 0;

  constructor(id: number, rttMs: number, relayCount = 0) {
    const link = new RecordingCarrier({ relayCount });
    super(id, link);
    this.link = link;
    this.setRtt(rttMs, 0);
  }

  setRtt(rttMs: number, nowMs: number): void {
    this.#rttMs = rttMs;
    this.rtt.restart();
    for (let count = 0; count < 60; count++) this.rtt.update(rttMs, 0, nowMs);
  }

  /** Sends a packet that is to be answered. */
  ask(nowMs: number): void {
    this.askedAtMs = nowMs;
    this.send(new Uint8Array(1), [{ type: 'once' }], nowMs);
  }

  /** All that is in flight is acknowledged, whenever that is; the round trip stays what it was. */
  answer(nowMs: number): void {
    const last = this.nextPacketNumber - 1;
    const ignore = (): void => {};
    this.acknowledge([{ first: 0, last }], 0, nowMs, ignore, ignore);
    this.setRtt(this.#rttMs, nowMs);
  }
}

function make(...paths: TestPath[]) {
  const asked: string[] = [];
  const chooser = new PathChooser((path, nowMs) => {
    asked.push(`${nowMs} ${path.id}`);
    path.askedAtMs = nowMs;
  });
  const choose = (active: TestPath, nowMs: number, isInUse = true): number | null =>
    chooser.choose(active, paths, isInUse, nowMs)?.path.id ?? null;
  return { chooser, asked, choose, paths };
}

t.test('while data flows the others are asked every two seconds, and not otherwise', async (t) => {
  const [active, other] = [new TestPath(0, 50), new TestPath(1, 80, 1)];
  const { asked, choose } = make(active, other);
  choose(active, 0, false);
  t.same(asked, []);
  for (let nowMs = 0; nowMs <= 5_000; nowMs += 20) choose(active, nowMs);
  t.same(asked, ['0 1', '2000 1', '4000 1']);
  other.ask(5_000);
  other.answer(5_900);
  for (let nowMs = 5_920; nowMs <= 8_000; nowMs += 20) choose(active, nowMs);
  t.same(asked.slice(3), ['7900 1'], 'counted from the last answer');
});

t.test(
  'a silent path: others are asked after one probe timeout, and one that answers takes over after 400 ms',
  async (t) => {
    const [active, other, late] = [new TestPath(0, 50), new TestPath(1, 130, 1), new TestPath(2, 140, 1)];
    const { chooser, asked, choose, paths } = make(active, other, late);
    active.ask(1_000);
    const suspectAtMs = 1_000 + active.rtt.probeTimeoutMs;
    t.equal(chooser.wakeAtMs(active, paths, 0, 1_010), suspectAtMs);
    choose(active, suspectAtMs - 1, false);
    t.same(asked, []);
    choose(active, suspectAtMs, false);
    t.same(asked, [`${suspectAtMs} 1`, `${suspectAtMs} 2`]);
    for (const path of [other, late]) path.ask(suspectAtMs);
    t.ok(chooser.wakeAtMs(active, paths, 0, suspectAtMs) > suspectAtMs);
    other.answer(1_200);
    t.equal(choose(active, 1_200, false), null, 'the one in use may yet answer');
    late.answer(1_210);
    t.same(chooser.choose(active, paths, false, 1_400), { path: other, isRescue: true });
  },
);

t.test('no answer, no change: the others are asked again, ever more rarely, until something is heard', async (t) => {
  const [active, other] = [new TestPath(0, 50), new TestPath(1, 130, 1)];
  const { asked, choose, chooser, paths } = make(active, other);
  active.ask(0);
  let nowMs = 0;
  const run = (untilMs: number): number => {
    const before = asked.length;
    while (nowMs < untilMs) {
      t.equal(choose(active, nowMs, false), null);
      const wakeAtMs = chooser.wakeAtMs(active, paths, 0, nowMs);
      if (wakeAtMs <= nowMs) t.fail(`it wants to be called again at ${wakeAtMs}`);
      nowMs = Math.min(untilMs, wakeAtMs);
    }
    return asked.length - before;
  };
  run(2_000);
  const patienceMs = other.rtt.probeTimeoutMs;
  const firstMs = active.rtt.probeTimeoutMs;
  const expected = [0, 1, 2, 4].map((times) => firstMs + times * patienceMs);
  t.same(
    asked,
    [...expected, expected[3]! + 500, expected[3]! + 1_000].map((ms) => `${ms} 1`),
    'by its probe timeout',
  );
  run(10_000);
  t.ok(run(60_000) <= 12, 'every five seconds');
  run(120_000);
  t.ok(run(720_000) <= 10, 'every minute');
  for (const heard of [other, active]) {
    nowMs += 20_000;
    heard.answers.heard(nowMs);
    t.equal(run(nowMs + 1_000), 4, 'at once');
    run(nowMs + 300_000);
  }
});

t.test(
  'what strayed on a path while data flows asks it at once, and ever more rarely, not again for each that strays',
  async (t) => {
    const [active, other] = [new TestPath(0, 50), new TestPath(1, 80, 1)];
    const { asked, choose } = make(active, other);
    other.ask(0);
    other.answer(80);
    other.strayedAtMs = 1_000;
    for (let nowMs = 1_000; nowMs <= 8_000; nowMs += 20) choose(active, nowMs);
    t.same(asked, ['1000 1', '1120 1', '1240 1', '1480 1', '1960 1', '2920 1', '4840 1', '6840 1']);
    other.answers.progressed(8_000);
    for (let nowMs = 8_000; nowMs <= 10_000; nowMs += 20) choose(active, nowMs);
    t.same(asked.slice(8), ['10000 1'], 'it answers again');
  },
);

t.test('an old answer does not count: both may have died together', async (t) => {
  const [active, other] = [new TestPath(0, 50), new TestPath(1, 60)];
  const { choose } = make(active, other);
  other.ask(900);
  other.answer(960);
  active.ask(1_000);
  t.equal(choose(active, 3_000, false), null);
});

t.test('a slow path is given two probe timeouts, a very slow one less', async (t) => {
  const verySlow = new TestPath(0, 1_000);
  const quick = new TestPath(1, 60);
  verySlow.ask(0);
  quick.ask(500);
  quick.answer(560);
  const one = make(verySlow, quick);
  t.equal(one.choose(verySlow, verySlow.rtt.probeTimeoutMs - 1), null);
  t.equal(one.choose(verySlow, verySlow.rtt.probeTimeoutMs), 1);
  const [active, other] = [new TestPath(0, 250), new TestPath(1, 60)];
  const { choose } = make(active, other);
  active.ask(0);
  other.ask(330);
  other.answer(390);
  t.equal(choose(active, 2 * active.rtt.probeTimeoutMs - 1), null);
  t.equal(choose(active, 2 * active.rtt.probeTimeoutMs), 1);
});

/** Runs two paths that answer at once for a while; when the choice falls on another, or null. */
function compare(active: TestPath, other: TestPath, untilMs: number): number | null {
  const { choose } = make(active, other);
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 20) {
    if (nowMs - other.askedAtMs <= 20) {
      other.ask(nowMs);
      other.answer(nowMs);
    }
    if (choose(active, nowMs) !== null) return nowMs;
  }
  return null;
}

t.test('one that is 10 % and 5 ms better for ten seconds is changed to', async (t) => {
  const atMs = compare(new TestPath(0, 100), new TestPath(1, 60, 1), 60_000);
  t.ok(atMs !== null && atMs >= 10_000 && atMs < 12_500, `after ${atMs} ms`);
  t.equal(compare(new TestPath(0, 100), new TestPath(1, 92), 60_000), null, '4 ms better');
  t.equal(compare(new TestPath(0, 400), new TestPath(1, 370), 60_000), null, '7.5 % better');
  t.equal(compare(new TestPath(0, 100), new TestPath(1, 84, 1), 60_000), null, 'but for the relay');
  t.ok(compare(new TestPath(0, 400), new TestPath(1, 350), 60_000));
});

t.test('the time in which it was not better, or did not answer, is taken off', async (t) => {
  const [active, other] = [new TestPath(0, 100), new TestPath(1, 60)];
  const { choose } = make(active, other);
  const run = (fromMs: number, untilMs: number): number | null => {
    for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 100) {
      other.ask(nowMs);
      other.answer(nowMs);
      if (choose(active, nowMs) !== null) return nowMs;
    }
    return null;
  };
  t.equal(run(0, 9_000), null);
  other.setRtt(100, 9_000);
  t.equal(run(9_100, 10_000), null, 'a second');
  other.setRtt(60, 10_000);
  t.equal(run(10_100, 11_000), null);
  other.ask(11_100);
  t.equal(choose(active, 13_000), null, 'no answer for two seconds');
  t.equal(run(13_100, 20_000), 16_000);
});

t.test('a path that is cut gains nothing by questions that it may yet answer', async (t) => {
  const [active, other] = [new TestPath(0, 2_000, 1), new TestPath(1, 1_600)];
  const { asked, choose } = make(active, other);
  other.answers.progressed(0);
  const run = (fromMs: number, untilMs: number, cut: boolean): number | null => {
    for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 100) {
      if (!cut) other.answers.progressed(nowMs);
      if (choose(active, nowMs) !== null) return nowMs;
    }
    return null;
  };
  t.equal(run(0, 30_000, true), null);
  t.equal(asked.length, 15, 'it waits for an answer most of the time');
  t.equal(run(30_100, 60_000, false), 40_100, 'ten seconds after it answered again');
});

t.test('one that is better half of the time only is not changed to', async (t) => {
  const [active, other] = [new TestPath(0, 100), new TestPath(1, 60)];
  const { choose } = make(active, other);
  let choices = 0;
  for (let nowMs = 0; nowMs <= 120_000; nowMs += 100) {
    if (nowMs % 1_000 === 0) other.setRtt(nowMs % 2_000 === 0 ? 60 : 100, nowMs);
    other.ask(nowMs);
    other.answer(nowMs);
    if (choose(active, nowMs) !== null) choices++;
  }
  t.equal(choices, 0);
});

t.test('a pause between two flows does not begin them anew, but an answer is waited for', async (t) => {
  const [active, other] = [new TestPath(0, 100), new TestPath(1, 60)];
  const { choose } = make(active, other);
  other.ask(0);
  other.answer(60);
  t.equal(choose(active, 100), null);
  choose(active, 20_000, false);
  t.equal(choose(active, 40_000), null, 'that was long ago');
  other.ask(40_000);
  other.answer(40_060);
  t.equal(choose(active, 40_060), 1);
});

t.test('who changes again within a minute waits twice as long each time', async (t) => {
  const [one, two] = [new TestPath(0, 100), new TestPath(1, 60)];
  const { choose } = make(one, two);
  const waits: number[] = [];
  let [active, other] = [one, two];
  for (let nowMs = 0, sinceMs = 0; waits.length < 5; nowMs += 100) {
    other.ask(nowMs);
    other.answer(nowMs);
    if (choose(active, nowMs) === null) continue;
    waits.push(nowMs - sinceMs);
    sinceMs = nowMs;
    [active, other] = [other, active];
    active.setRtt(100, nowMs);
    other.setRtt(60, nowMs);
  }
  t.same(
    waits.map((ms) => Math.round(ms / 1_000)),
    [10, 10, 20, 40, 80],
  );
});

t.test('a relay says that it leads nowhere: the path is left at once, and not come back to for a while', async (t) => {
  const [active, other] = [new TestPath(0, 50, 1), new TestPath(1, 80)];
  const { asked, choose } = make(active, other);
  other.ask(1_000);
  other.answer(1_080);
  active.answers.demote(6_100, 1_100);
  t.equal(choose(active, 1_100), 1);
  asked.length = 0;
  t.equal(choose(other, 1_200), null);
  t.same(asked, [], 'it is not asked meanwhile');
  other.ask(1_300);
  t.same([choose(other, 1_900), ...asked], [null, '1900 0'], 'unless the one in use owes answers');
});

t.test('where nothing else answers a demoted path stays in use', async (t) => {
  const [active, other] = [new TestPath(0, 50, 1), new TestPath(1, 80)];
  const { asked, choose, chooser, paths } = make(active, other);
  active.answers.demote(6_000, 1_000);
  t.equal(choose(active, 1_000), null);
  t.same(asked, ['1000 1']);
  t.ok(chooser.wakeAtMs(active, paths, 0, 1_000) > 1_000);
});

t.test('a link that is full or gone is no alternative', async (t) => {
  const [active, full, gone] = [new TestPath(0, 50), new TestPath(1, 20), new TestPath(2, 20)];
  const { asked, choose } = make(active, full, gone);
  full.link.writable = false;
  gone.detach(() => {});
  active.ask(0);
  t.equal(choose(active, 1_000), null);
  t.same(asked, []);
});
