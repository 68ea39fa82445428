import t from 'tap';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { FakeLink } from '../peering/fixtures/fake-link.ts';
import {
  beginFrame,
  EXIT,
  HOUR_MS,
  makeBench,
  OTHER_SERVER,
  run,
  runFrom,
  SERVER,
  TOKEN,
} from './fixtures/punch-bench.ts';

t.test('the asker: ask, open, and greet where the answer comes from', async (t) => {
  const { desk, take } = makeBench();
  t.ok(desk.canAsk(EXIT));
  t.ok(desk.ask(EXIT, 0));
  t.same(take(), ['1 is asked for 50', '2 is asked for 50']);
  desk.begin(SERVER, beginFrame('lead'), 50);
  t.same(take(), ['dial 9.0.0.50:5000']);
  const link = new FakeLink();
  t.notOk(desk.linkOpened(99, link), 'none of its dials');
  t.ok(desk.linkOpened(1, link));
  t.equal(desk.wakeAtMs, 150);
  desk.tick(149);
  t.same(take(), [], 'the other side may not listen yet');
  desk.tick(150);
  t.same(take(), ['opener 50 7']);
  t.ok(desk.challenged(EXIT, link, TOKEN, 170, 90));
  t.same(take(), ['greet 50 for 170']);
  t.ok(desk.challenged(EXIT, link, TOKEN, 170, 95));
  t.same(take(), [], 'once a link');
  desk.tick(1_650);
  t.same(take(), [], 'nothing is left to be opened');
  t.equal(desk.wakeAtMs, 10_050);
  desk.tick(10_050);
  t.notOk(link.isClosed, 'the peer has it');
  t.equal(desk.wakeAtMs, Infinity);
});

t.test('the other: open, and answer where something comes from', async (t) => {
  const { desk, take } = makeBench();
  desk.begin(SERVER, beginFrame('follow'), 0);
  const link = new FakeLink();
  t.ok(desk.linkOpened(1, link));
  desk.tick(100);
  t.same(take(), ['dial 9.0.0.50:5000', 'opener 50 7']);
  const elsewhere = new FakeLink();
  t.ok(desk.challenged(EXIT, elsewhere, TOKEN, 170, 90), 'a NAT made another port of it');
  t.ok(desk.challenged(EXIT, elsewhere, TOKEN, 170, 91));
  t.ok(desk.challenged(EXIT, elsewhere, TOKEN, 170, 92));
  t.same(take(), ['opener 50 7', 'opener 50 7'], 'twice at most, however often it is repeated');
  desk.tick(10_000);
  t.ok(link.isClosed, 'what nobody used is closed');
});

t.test('challenges that belong to no attempt', async (t) => {
  const { desk, take } = makeBench();
  desk.begin(SERVER, beginFrame('follow'), 0);
  desk.linkOpened(1, new FakeLink());
  take();
  t.notOk(desk.challenged(SERVER, new FakeLink(), TOKEN, 170, 1), 'of another node');
  t.notOk(desk.challenged(EXIT, new FakeLink(), new Uint8Array(8), 170, 1), 'with another token');
  t.notOk(desk.challenged(EXIT, new FakeLink(), TOKEN.subarray(0, 7), 170, 1));
  desk.tick(10_000);
  t.notOk(desk.challenged(EXIT, new FakeLink(), TOKEN, 170, 10_000), 'too late');
  t.same(take(), []);
});

t.test('asking again takes ever longer, until it was reached or the network is another one', async (t) => {
  const { desk, take } = makeBench();
  const times: number[] = [];
  for (let nowMs = 0; nowMs < 2 * HOUR_MS; nowMs += 1_000) if (desk.ask(EXIT, nowMs)) times.push(nowMs / 1_000);
  t.same(times.slice(0, 6), [0, 2, 6, 14, 30, 62]);
  t.equal(times.at(-1)! - times.at(-2)!, 600);
  take();
  t.notOk(desk.ask(EXIT, 2 * HOUR_MS));
  desk.networkMoved();
  t.ok(desk.ask(EXIT, 2 * HOUR_MS));
  desk.begin(SERVER, beginFrame('lead'), 2 * HOUR_MS);
  t.ok(desk.challenged(EXIT, new FakeLink(), TOKEN, 170, 2 * HOUR_MS));
  t.ok(desk.ask(EXIT, 2 * HOUR_MS), 'as it has answered');
});

t.test('whom it can’t ask, and for whom', async (t) => {
  const hopeless = makeBench({ natClasses: { 50: 'symmetric', 100: 'symmetric' } });
  t.notOk(hopeless.desk.canAsk(EXIT));
  t.notOk(hopeless.desk.ask(EXIT, 0));
  t.ok(makeBench({ natClasses: { 50: 'symmetric', 100: 'easy' } }).desk.canAsk(EXIT));
  t.notOk(makeBench().desk.canAsk(nodeId(98)), 'nothing is to be opened where it listens');
  const alone = makeBench();
  alone.peers.delete(OTHER_SERVER);
  alone.peers.get(SERVER)!.isUp = false;
  t.notOk(alone.desk.canAsk(EXIT));
  alone.peers.get(SERVER)!.isUp = true;
  t.ok(alone.desk.canAsk(EXIT));
  t.notOk(alone.desk.canAsk(SERVER), 'nobody helps to get through to himself');
  alone.peers.get(SERVER)!.directLink = null;
  t.notOk(alone.desk.canAsk(EXIT));
});

t.test('the message is repeated twice where nothing comes', async (t) => {
  for (const step of ['lead', 'follow'] as const) {
    const bench = makeBench();
    bench.desk.ask(EXIT, 0);
    bench.take();
    t.same(runFrom(bench, 0, beginFrame(step)), [
      '0: dial 9.0.0.50:5000',
      '100: opener 50 7',
      '1600: opener 50 7',
      '4600: opener 50 7',
    ]);
  }
});

t.test('but not once somebody is greeted there, or has proven himself', async (t) => {
  const greeted = makeBench();
  greeted.desk.ask(EXIT, 0);
  greeted.desk.begin(SERVER, beginFrame('lead'), 0);
  const link = new FakeLink();
  greeted.desk.linkOpened(1, link);
  greeted.desk.tick(100);
  greeted.take();
  t.ok(greeted.desk.challenged(EXIT, link, TOKEN, 170, 200));
  t.same(run(greeted, 200, 20_000), ['0: greet 50 for 170']);
  const through = makeBench();
  through.desk.begin(SERVER, beginFrame('follow'), 0);
  through.desk.linkOpened(1, new FakeLink());
  through.desk.tick(100);
  through.take();
  through.prove(EXIT, 'udp://9.0.0.50:5001');
  t.same(run(through, 200, 20_000), []);
});

t.test('both ask at the same time: what the lower number asked for goes on, on both sides', async (t) => {
  const mine = new Uint8Array(8).fill(1);
  const its = new Uint8Array(8).fill(2);
  for (const first of ['lead', 'follow'] as const) {
    const { desk, take } = makeBench();
    desk.ask(EXIT, 0);
    take();
    const [one, two] = first === 'lead' ? ([mine, its] as const) : ([its, mine] as const);
    desk.begin(SERVER, beginFrame(first, { token: one }), 10);
    desk.linkOpened(1, new FakeLink());
    desk.begin(OTHER_SERVER, beginFrame(first === 'lead' ? 'follow' : 'lead', { token: two }), 20);
    desk.tick(110);
    t.equal(take().length, 2, 'one link, and one message');
    const link = new FakeLink();
    t.ok(desk.challenged(EXIT, link, its, 170, 30), 'node 50 leads');
    t.same(take(), ['opener 50 2']);
    t.ok(desk.challenged(EXIT, new FakeLink(), mine, 170, 30), 'whichever of them it heard of');
    t.same(take(), ['opener 50 1']);
  }
});

t.test(
  'two servers bring the same two together, and the other side may have heard of the second one first',
  async (t) => {
    for (const step of ['lead', 'follow'] as const) {
      const { desk, take } = makeBench();
      desk.ask(EXIT, 0);
      take();
      const tokens = [1, 2, 3, 4, 5].map((byte) => new Uint8Array(8).fill(byte));
      for (const [index, token] of tokens.entries()) {
        desk.begin([SERVER, OTHER_SERVER][index % 2]!, beginFrame(step, { token }), 10);
      }
      desk.linkOpened(1, new FakeLink());
      desk.tick(110);
      t.same(take(), ['dial 9.0.0.50:5000', 'opener 50 5'], 'one message all the same, with the newest');
      t.notOk(desk.challenged(EXIT, new FakeLink(), tokens[0]!, 170, 30), 'so many are kept');
      t.ok(desk.challenged(EXIT, new FakeLink(), tokens[1]!, 170, 30));
      t.same(take(), [step === 'lead' ? 'greet 50 for 170' : 'opener 50 2']);
    }
  },
);

t.test('a way that NATs may have forgotten is used from both sides, one from another port is looked for', async (t) => {
  for (const step of ['lead', 'follow'] as const) {
    const { desk, take, prove } = makeBench();
    desk.ask(EXIT, 29_000);
    take();
    prove(EXIT, 'udp://9.0.0.50:5000', 20_000);
    if (step === 'lead') desk.begin(SERVER, beginFrame(step), 29_999);
    desk.begin(SERVER, beginFrame(step, { port: 5_001 }), 29_999);
    t.same(take(), [], 'it was heard there lately');
    desk.begin(SERVER, beginFrame(step), 30_000);
    t.same(take(), ['probe 50']);
    const laterMs = step === 'lead' ? 30_000 : 40_000;
    desk.tick(30_100);
    desk.tick(laterMs);
    take();
    desk.begin(SERVER, beginFrame(step, { port: 5_001 }), laterMs);
    t.same(take(), ['dial 9.0.0.50:5001']);
  }
});

t.test('who asks for this node may have given up the session that it still keeps', async (t) => {
  for (const answersAtMs of [null, 600]) {
    const bench = makeBench();
    bench.prove(EXIT, 'udp://9.0.0.50:5000', 29_000);
    bench.desk.begin(SERVER, beginFrame('follow'), 30_000);
    t.same(bench.take(), ['probe 50'], 'it may be all that was missing');
    const done = run(bench, 30_000, 40_200, (nowMs) => {
      if (answersAtMs !== null && nowMs === 30_000 + answersAtMs) bench.prove(EXIT, 'udp://9.0.0.50:5000', nowMs);
    });
    t.same(
      done,
      answersAtMs === null ? ['100: opener 50 7', '1600: opener 50 7', '4600: opener 50 7'] : ['100: opener 50 7'],
    );
    t.equal(bench.dialled(), 0, 'by the link that is there');
  }
});

t.test('nodes that others hear again are asked for at once, once a minute', async (t) => {
  const { desk, take } = makeBench();
  let nowMs = 0;
  for (let asks = 0; asks < 8; nowMs += 1_000) if (desk.ask(EXIT, nowMs)) asks++;
  take();
  t.notOk(desk.ask(EXIT, nowMs));
  desk.found(EXIT, nowMs);
  t.ok(desk.ask(EXIT, nowMs));
  t.notOk(desk.ask(EXIT, nowMs));
  desk.found(EXIT, nowMs + 59_999);
  desk.found(EXIT, nowMs + 1);
  t.notOk(desk.ask(EXIT, nowMs + 1));
});
