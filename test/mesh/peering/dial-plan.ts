import t from 'tap';
import { formatEndpoint } from '../../../config/endpoint.ts';
import { DialPlan } from '../../../mesh/peering/dial-plan.ts';
import { endpoint } from './fixtures/fake-link.ts';

const UDP = endpoint('udp');
const TCP = endpoint('tcp');
const WSS = endpoint('wss');

/** Calls the plan whenever it wants to be, and says when it dialled what. */
function run(plan: DialPlan, fromMs: number, untilMs: number, detours = 0): string[] {
  const seen: string[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs = plan.wakeAtMs) {
    const { endpoints, byRelays, isOver } = plan.takeDials(nowMs);
    for (const { transport } of endpoints) seen.push(`${nowMs} ${transport}`);
    if (byRelays && detours > 0) seen.push(`${nowMs} relays`);
    if (byRelays) plan.detoured(detours, nowMs);
    if (isOver) seen.push(`${nowMs} over`);
    if (plan.wakeAtMs <= nowMs) throw new Error(`it wants to be called again at ${plan.wakeAtMs}`);
  }
  return seen;
}

t.test('endpoints by transport, 250 ms apart, for five seconds', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([WSS, TCP, UDP], null);
  t.equal(plan.wakeAtMs, Infinity);
  t.notOk(plan.isActive);
  plan.start(1_000);
  t.ok(plan.isActive);
  t.same(run(plan, 1_000, 6_900), ['1000 udp', '1250 tcp', '1500 wss', '6000 over']);
});

t.test('what worked last is first', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP, TCP, WSS], formatEndpoint(WSS));
  plan.start(0);
  t.same(run(plan, 0, 600), ['0 wss', '250 udp', '500 tcp']);
  plan.succeeded(formatEndpoint(TCP));
  t.equal(plan.lastGood, formatEndpoint(TCP));
  t.notOk(plan.isActive);
  t.equal(plan.wakeAtMs, Infinity);
  plan.start(700);
  t.same(run(plan, 700, 900), ['700 tcp']);
});

t.test('endpoints that repeat others count once', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP, TCP, { ...UDP }, { ...TCP }], null);
  t.equal(plan.endpointCount, 2);
});

t.test('pauses double from one second to sixty', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP], null);
  plan.start(0);
  const dials = run(plan, 0, 400_000).filter((entry) => entry.endsWith('udp'));
  const times = dials.map((entry) => Number.parseFloat(entry));
  const pauses = times.slice(1).map((atMs, index) => atMs - times[index]! - 5_000);
  t.same(pauses.slice(0, 8), [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  plan.succeeded(formatEndpoint(UDP));
  plan.start(500_000);
  t.match(run(plan, 500_000, 506_500), ['500000 udp', '505000 over', '506000 udp'], 'success forgets the failures');
});

t.test('a failure brings the next at once, and the last one the pause', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP, TCP], null);
  plan.start(0);
  t.same(run(plan, 0, 100), ['0 udp']);
  plan.failed(true, 30);
  t.equal(plan.wakeAtMs, 30);
  t.same(run(plan, 30, 100), ['30 tcp']);
  plan.failed(true, 60);
  t.equal(plan.wakeAtMs, 60, 'ways over relays have their turn');
  t.same(run(plan, 60, 1_059), []);
  t.equal(plan.wakeAtMs, 1_060);
  t.same(run(plan, 1_060, 1_100), ['1060 udp']);
});

t.test('a failure while another is open waits for that one', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP, TCP], null);
  plan.start(0);
  t.same(run(plan, 0, 300), ['0 udp', '250 tcp']);
  plan.failed(true, 400);
  t.same(run(plan, 400, 400), []);
  t.equal(plan.wakeAtMs, 5_000);
  plan.failed(true, 500);
  t.equal(plan.wakeAtMs, 1_500);
  plan.failed(true, 600);
  t.equal(plan.wakeAtMs, 1_500, 'nothing is under way that could fail');
});

t.test('starting ends a pause, not a round', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP, TCP], null);
  plan.startLater(0, 5_000, 0);
  t.same(run(plan, 0, 4_999), []);
  plan.start(100);
  t.same(run(plan, 100, 300), ['100 udp']);
  plan.start(310);
  plan.startLater(310, 10, 0);
  t.same(run(plan, 350, 400), ['350 tcp'], 'the round goes on');
  plan.stop();
  t.notOk(plan.isActive);
  t.same(plan.takeDials(10_000), { endpoints: [], byRelays: false, isOver: false });
});

t.test('where there is no network it is tried again soon, for ten seconds', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP, TCP], null);
  plan.start(0);
  const rounds: number[] = [];
  for (let nowMs = 0; nowMs < 40_000; nowMs = plan.wakeAtMs) {
    const { endpoints, byRelays } = plan.takeDials(nowMs);
    if (endpoints[0] === UDP) rounds.push(nowMs);
    if (endpoints.length > 0) plan.failed(false, nowMs + 1);
    if (byRelays) plan.detoured(0, nowMs);
  }
  const pauses = rounds.slice(1).map((atMs, index) => Math.round(atMs - rounds[index]!));
  t.ok(pauses.slice(0, 30).every((pause) => pause >= 300 && pause < 310));
  t.same(
    pauses.slice(-4).map((pause) => Math.round(pause / 1_000)),
    [1, 2, 4, 8],
  );
});

t.test('another network: all at once, whatever is under way', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP, TCP, WSS], null);
  plan.start(0);
  t.same(run(plan, 0, 100), ['0 udp']);
  plan.startAnew(110);
  t.same(run(plan, 110, 1_000, 1), ['110 udp', '110 tcp', '110 wss', '610 relays']);
  t.same(run(plan, plan.wakeAtMs, 6_000), ['5110 over']);
  t.same(run(plan, plan.wakeAtMs, 6_120), ['6110 udp'], 'the next round is like others');
});

t.test('the network is back: a pause ends', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP], null);
  plan.hurry(0);
  t.notOk(plan.isActive, 'but nothing begins');
  plan.start(0);
  run(plan, 0, 300_000);
  plan.hurry(301_000);
  const [first, ...rest] = run(plan, plan.wakeAtMs, 310_000);
  t.equal(first, '301000 udp');
  t.same(rest.slice(0, 2), ['306000 over', '307000 udp'], 'and later ones begin anew');
});

t.test('a new address ends a pause, the same ones do not', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP], null);
  plan.startLater(0, 5_000, 0);
  plan.setEndpoints([{ ...UDP }], null);
  t.equal(plan.wakeAtMs, 5_000);
  plan.setEndpoints([endpoint('udp', 4_841)], null);
  t.ok(plan.wakeAtMs <= 0);
});

t.test('who was there a moment ago, or said when it is back, is tried often', async (t) => {
  const pausesMs = (soonMs: number): number[] => {
    const plan = new DialPlan();
    plan.setEndpoints([TCP], null);
    plan.startLater(0, 1_000, soonMs);
    const atMs: number[] = [];
    for (let nowMs = plan.wakeAtMs; atMs.length < 40; nowMs = plan.wakeAtMs) {
      if (plan.takeDials(nowMs).endpoints.length > 0) atMs.push(nowMs);
      plan.failed(true, nowMs);
    }
    return atMs.slice(1).map((at, index) => at - atMs[index]!);
  };
  const stopped = pausesMs(0);
  t.same(new Set(stopped.slice(0, 34)), new Set([1_000]));
  t.same(stopped.slice(34), [2_000, 4_000, 8_000, 16_000, 32_000], 'not for ever');
  t.same(new Set(pausesMs(600_000)), new Set([1_000]));
});
t.test(
  'ways over relays come last, half a second after the last endpoint, or at once where there is none',
  async (t) => {
    const plan = new DialPlan();
    plan.setEndpoints([UDP, TCP], null);
    plan.start(0);
    t.same(run(plan, 0, 6_700, 2), ['0 udp', '250 tcp', '750 relays', '5000 over', '6000 udp', '6250 tcp']);
    const other = new DialPlan();
    other.start(0);
    t.same(run(other, 0, 100, 1), ['0 relays']);
    t.equal(other.wakeAtMs, 5_000, 'they may yet answer');
    other.failed(true, 200);
    t.equal(other.wakeAtMs, 1_200);
    const none = new DialPlan();
    none.start(0);
    t.same(run(none, 0, 0, 0), []);
    t.equal(none.wakeAtMs, 1_000);
  },
);

t.test('ways over relays have their turn again where the last path is gone', async (t) => {
  const plan = new DialPlan();
  plan.setEndpoints([UDP], null);
  plan.start(0);
  t.same(run(plan, 0, 400), ['0 udp']);
  plan.detourAgain(400);
  t.equal(plan.wakeAtMs, 500, 'their turn is yet to come');
  t.same(run(plan, 500, 600), []);
  plan.detourAgain(700);
  t.same(run(plan, 700, 800, 2), ['700 relays']);
  t.equal(plan.wakeAtMs, 5_000);
  plan.stop();
  plan.detourAgain(900);
  t.equal(plan.wakeAtMs, Infinity, 'where nothing is dialled it changes nothing');
});
