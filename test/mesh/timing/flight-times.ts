import t from 'tap';
import { FlightTimes, type TimedWay, type WayFlights } from '../../../mesh/timing/flight-times.ts';
import { WayTiming } from '../../../mesh/timing/way-timing.ts';
import { Header } from '../../../mesh/wire/header.ts';
import { tickOf, ticksAfter, timeSecondsOf } from '../../../mesh/wire/mesh-time.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const OWN = nodeId(1);
/** What the own wall clock shows at 0 of the clock that never steps, and others are ahead of that, in ms. */
const WALL_MS = 1_800_000_000_000;
const AHEAD_MS: Readonly<Record<number, number>> = { 1: 0, 2: 500_123, 3: -77_001.5, 4: 3_600_002 };
/** How long messages take, by `from > to`, in ms. */
const DELAYS_MS: Readonly<Record<string, number>> = {
  '1 > 2': 70,
  '2 > 1': 15,
  '1 > 3': 10,
  '3 > 1': 10,
  '3 > 2': 12,
  '2 > 3': 12,
  '3 > 4': 5,
  '4 > 3': 5,
  '4 > 2': 9,
  '2 > 4': 9,
};

type Tamper = (tick: number) => number;

function delayMs(from: number, to: number): number {
  return DELAYS_MS[`${from} > ${to}`]!;
}

/** Lets a message go along these nodes; returns when it came, and what it says of its way. */
function fly(nodes: readonly number[], atMs: number, tamper: Tamper): { atMs: number; header: Header; wallMs: number } {
  const wallMs = WALL_MS + atMs + AHEAD_MS[nodes[0]!]!;
  const header = Object.assign(new Header(), { timeSeconds: timeSecondsOf(wallMs), tick: tickOf(wallMs) });
  let nowMs = atMs;
  for (const [index, to] of nodes.entries()) {
    if (index === 0) continue;
    nowMs += delayMs(nodes[index - 1]!, to);
    if (index === nodes.length - 1) break;
    const tick = tamper(ticksAfter(header.timeSeconds, header.tick, WALL_MS + nowMs + AHEAD_MS[to]!));
    if (index === 1) header.relay1Tick = tick;
    else header.relay2Tick = tick;
  }
  return { atMs: nowMs, header, wallMs };
}

/** A way on which TIME was asked and answered some times, until about 2 s. */
function way(to: number, relays: readonly number[], tamper: Tamper = (tick) => tick): TimedWay {
  const timing = new WayTiming();
  const nodes = [1, ...relays, to];
  for (let round = 0; round < 8; round++) {
    const askedMs = round * 137;
    const { sentMs } = timing.exchanges.ask(askedMs, WALL_MS + askedMs);
    const there = fly(nodes, askedMs, tamper);
    const back = fly(nodes.toReversed(), there.atMs + 3, tamper);
    const { relay1Tick, relay2Tick } = there.header;
    const answer = { askedMs: sentMs, heldMs: 3, relay1Tick, relay2Tick };
    const headerMs = back.header.timeSeconds * 1_000 + back.header.tick * 4;
    const ticksBack = [back.header.relay1Tick, back.header.relay2Tick].slice(0, relays.length);
    const frame = { type: 'time', sentMs: Math.floor(back.wallMs * 8) / 8, answer } as const;
    timing.exchanges.answered(frame, headerMs, ticksBack, back.atMs);
  }
  return { to: nodeId(to), relays: relays.map((relay) => nodeId(relay)), timing };
}

function flightsOf(ways: readonly TimedWay[], index = 0): WayFlights {
  return new FlightTimes(OWN, ways, { nowMs: 2_000, wallAheadMs: WALL_MS }).of(ways[index]!);
}

function isRight({ there, back }: WayFlights): boolean {
  return [...there, ...back].every(({ from, to, leastMs, typicalMs, boundMs }) => {
    if (leastMs === null || typicalMs === null || boundMs === null) return false;
    const ms = delayMs(from, to);
    const isBound = Math.abs(leastMs - ms) <= boundMs + 0.01;
    return isBound && Math.abs(leastMs - ms) <= 2.5 && Math.abs(typicalMs - ms) <= 2.5;
  });
}

t.test('an uneven link is told from clocks by another way', async (t) => {
  const ways = [way(2, []), way(2, [3]), way(3, [])];
  t.ok(isRight(flightsOf(ways)));
  t.ok(isRight(flightsOf(ways, 1)));
  t.same(
    flightsOf(ways, 1).back.map(({ from, to }) => [Number(from), Number(to)]),
    [
      [2, 3],
      [3, 1],
    ],
  );
  const alone = flightsOf([way(2, [])]);
  t.ok(Math.abs(alone.there[0]!.leastMs! - 42.5) < 0.2, 'and is taken for even where there is none');
  t.ok(alone.there[0]!.boundMs! > 42, 'which it says');
});

t.test('over two relays, the second of which nobody asks, and without a direct way', async (t) => {
  t.ok(isRight(flightsOf([way(2, [3, 4]), way(3, [])])));
  t.ok(isRight(flightsOf([way(2, [3]), way(3, [])])));
  t.ok(isRight(flightsOf([way(2, [3, 4])])), 'nor even the first');
});

t.test('relays that do not tell, or tell nonsense', async (t) => {
  const silent = [way(2, []), way(2, [3], () => 255), way(3, [])];
  const { there, back } = flightsOf(silent, 1);
  t.ok([...there, ...back].every(({ leastMs, typicalMs, boundMs }) => (leastMs ?? typicalMs ?? boundMs) === null));
  t.not(flightsOf(silent).there[0]?.leastMs, null, 'others don’t suffer');
  for (const tamper of [() => 0, () => 254, (tick: number) => (tick * 7 + 100) % 255]) {
    const ways = [way(2, []), way(3, []), way(2, [3], tamper)];
    for (const { leastMs, boundMs } of [...flightsOf(ways, 2).there, ...flightsOf(ways, 2).back]) {
      t.ok(leastMs === null || (leastMs >= 0 && leastMs <= 22 + boundMs!), `${leastMs}`);
    }
    t.ok(isRight(flightsOf(ways, 1)), 'what is measured without it stays right');
  }
});

t.test('what messages tell that come anyway counts for how it is lately', async (t) => {
  const ways = [way(2, []), way(2, [3]), way(3, [])];
  const { messages } = ways[1]!.timing;
  for (let atMs = 0; atMs < 1_990; atMs += 250.7) {
    const { header, atMs: cameMs } = fly([2, 3, 1], atMs, (tick) => tick);
    messages.note(header, cameMs + 40);
  }
  const [first, second] = flightsOf(ways, 1).back;
  t.ok(Math.abs(first!.typicalMs! - 12) < 3);
  t.ok(Math.abs(second!.leastMs! - 10) < 2.5);
  t.ok(Math.abs(second!.typicalMs! - 50) < 3, 'the last hop has a queue now');
});

t.test('nothing was measured', async (t) => {
  const { there, back } = flightsOf([{ to: nodeId(2), relays: [nodeId(3)], timing: new WayTiming() }]);
  t.same(
    [...there, ...back].map(({ leastMs }) => leastMs),
    [null, null, null, null],
  );
});
