// Flight times by hop in whole meshes, in virtual time: what is decidable is right within 4 ms, and bounds hold always.
import t from 'tap';
import type { PathView } from '../../mesh/path-view.ts';
import type { HopFlight } from '../../mesh/timing/flight-times.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { makeRelayMesh, type RelayMesh, untilJoined } from '../fixtures/relay-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;

/** One way delays between two nodes, in ms. */
type Delays = readonly [a: number, b: number, thereMs: number, backMs: number];

interface World {
  readonly delays: readonly Delays[];
  /** How far the clocks of exit 1, relays 11 and 12 and client 100 are ahead, in ms. */
  readonly aheadMs?: Readonly<Record<number, number>>;
  readonly jitterMs?: number;
  readonly routes?: readonly (readonly number[])[];
}

/** A mesh like that, after the client has surveyed its ways to the exit. */
function survey(
  t: Parameters<typeof makeRelayMesh>[0],
  world: World,
  rounds = 8,
): { mesh: RelayMesh; paths: readonly PathView[] } {
  const { delays, aheadMs = {}, jitterMs = 0, routes = [[11], [12]] } = world;
  const wall = (id: number) => ({ wallOffsetMs: aheadMs[id] ?? 0 });
  const mesh = makeRelayMesh(t, sodium, { relays: 2, client: wall(100), exit: wall(1), relay: wall(11) });
  const { sim, exit, relays, client } = mesh;
  const second = relays[1]!;
  if (aheadMs[12] !== aheadMs[11]) second.restart({ options: wall(12) });
  const nodes = new Map([exit, client, ...relays].map((node) => [Number(node.id), node]));
  for (const [a, b, thereMs, backMs] of delays) {
    const link = (delayMs: number) => ({ delayMs, jitterMs });
    sim.network.connect(nodes.get(a)!.host, nodes.get(b)!.host, link(thereMs), link(backMs));
  }
  t2(
    untilJoined(mesh, 20_000) &&
      untilUp(sim, client, [exit], 20_000) &&
      untilUp(sim, second, [relays[0]!, exit], 20_000),
  );
  mesh.routes.set(exit, ...routes.map((route) => route.map((id) => nodes.get(id)!)));
  for (let round = 0; round < rounds; round++) {
    client.do((node, nowMs) => node.surveys.ask(exit.id, nowMs));
    sim.pass(137);
  }
  sim.pass(1_000);
  return { mesh, paths: pathsTo(client, exit) };
}

function t2(isTrue: boolean): void {
  if (!isTrue) throw new Error('the mesh did not come together');
}

function pathsTo(from: SimNode, to: SimNode): readonly PathView[] {
  return from.do((node, nowMs) => node.surveys.view(to.id, nowMs));
}

/** Every hop of every path there and back, with the delay that it really has. */
function hops(paths: readonly PathView[], delays: readonly Delays[]): { hop: HopFlight; ms: number; name: string }[] {
  const real = (from: number, to: number): number => {
    for (const [a, b, thereMs, backMs] of delays) {
      if (a === from && b === to) return thereMs;
      if (a === to && b === from) return backMs;
    }
    throw new Error(`no link ${from} ${to}`);
  };
  return paths.flatMap(({ there, back, link }) =>
    [...there, ...back].map((hop) => ({ hop, ms: real(hop.from, hop.to), name: `${hop.from} > ${hop.to} by ${link}` })),
  );
}

const EVEN: readonly Delays[] = [
  [100, 1, 40, 40],
  [100, 11, 15, 15],
  [11, 1, 25, 25],
  [100, 12, 30, 30],
  [12, 1, 22, 22],
  [11, 12, 10, 10],
];

/** The same, with some links as they are here. */
function but(...changed: readonly Delays[]): readonly Delays[] {
  return EVEN.map((link) => changed.find(([a, b]) => a === link[0] && b === link[1]) ?? link);
}

const OFF = { 100: 7 * MINUTE_MS + 123, 1: -11 * MINUTE_MS - 377, 11: 3 * MINUTE_MS + 911, 12: -23 * MINUTE_MS - 55 };

const WORLDS: Readonly<Record<string, World>> = {
  'even links, clocks that agree': { delays: EVEN },
  'even links, clocks off by minutes': { delays: EVEN, aheadMs: OFF },
  'the direct link is uneven, clocks off by minutes': { delays: but([100, 1, 90, 12]), aheadMs: OFF },
  'the link between relay and exit is uneven, clocks off by minutes': { delays: but([11, 1, 70, 20]), aheadMs: OFF },
  'every link is uneven, and clocks agree': {
    delays: [
      [100, 1, 80, 20],
      [100, 11, 15, 45],
      [11, 1, 70, 10],
      [100, 12, 30, 60],
      [12, 1, 5, 22],
      [11, 12, 10, 30],
    ],
  },
  'over two relays, the second of which is no more than a relay': {
    delays: but([100, 1, 30, 95]),
    aheadMs: OFF,
    routes: [[11, 12]],
  },
  'every link from the client is uneven but one, the others’ clocks agree, its own is off': {
    delays: but([100, 1, 30, 95], [100, 12, 60, 31]),
    aheadMs: { 100: 5 * MINUTE_MS },
  },
};

for (const [name, world] of Object.entries(WORLDS)) {
  t.test(name, async (t) => {
    const { paths } = survey(t, world);
    t.ok(paths.length >= 2, `${paths.length} paths`);
    t.equal(paths[0]?.state, 'used');
    for (const { hop, ms, name } of hops(paths, world.delays)) {
      t.ok(Math.abs((hop.leastMs ?? Infinity) - ms) <= 4, `${name}: least ${hop.leastMs}, not ${ms}`);
      t.ok(Math.abs((hop.typicalMs ?? Infinity) - ms) <= 4, `${name}: typical ${hop.typicalMs}, not ${ms}`);
      t.ok(Math.abs(hop.leastMs! - ms) <= hop.boundMs! + 0.01, `${name}: ${hop.leastMs} within ${hop.boundMs}`);
    }
  });
}
