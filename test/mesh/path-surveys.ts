// Flight times by hop in whole meshes, in virtual time: what is decidable is right within 4 ms, and bounds hold always.
import t from 'tap';
import type { PathView } from '../../mesh/path-view.ts';
import type { HopFlight } from '../../mesh/timing/flight-times.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
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
  joined(
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

function joined(isTrue: boolean): void {
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

/** Surveys once more; returns the ways then. */
function again({ sim, client, exit }: RelayMesh): readonly PathView[] {
  for (let round = 0; round < 8; round++) {
    client.do((node, nowMs) => node.surveys.ask(exit.id, nowMs));
    sim.pass(137);
  }
  sim.pass(1_000);
  return pathsTo(client, exit);
}

function isRight(paths: readonly PathView[], delays: readonly Delays[]): boolean {
  return hops(paths, delays).every(({ hop, ms }) => Math.abs((hop.leastMs ?? Infinity) - ms) <= 4);
}

t.test('a node off by minutes all of whose links are uneven: nobody can know, and the bounds say so', async (t) => {
  const delays = but([100, 1, 90, 30], [100, 11, 60, 10], [100, 12, 80, 25]);
  const { paths } = survey(t, { delays, aheadMs: { 100: 7 * MINUTE_MS } });
  for (const { hop, ms, name } of hops(paths, delays)) {
    t.ok(Math.abs(hop.leastMs! - ms) <= hop.boundMs! + 0.01, `${name}: ${hop.leastMs} within ${hop.boundMs} of ${ms}`);
    if (hop.from !== 100 && hop.to !== 100) t.ok(Math.abs(hop.leastMs! - ms) <= 4, `${name}: the others’ are right`);
  }
  const [direct] = paths;
  t.ok(Math.abs(direct!.there[0]!.leastMs! + direct!.back[0]!.leastMs! - 120) < 1, 'the sum is right');
});

t.test('clocks that are set in between, the own one and another', async (t) => {
  const delays = but([100, 1, 90, 12]);
  const { mesh, paths } = survey(t, { delays, aheadMs: OFF });
  t.ok(isRight(paths, delays));
  for (const node of [mesh.client, mesh.exit, mesh.relays[0]!]) {
    node.do((machine, nowMs) => machine.setWallClock(nowMs, node.wallMs + 3_600_000));
    t.ok(isRight(again(mesh), delays), `node ${node.id}`);
  }
  mesh.client.do((machine, nowMs) => machine.wokeUp(nowMs, mesh.client.wallMs));
  t.ok(isRight(again(mesh), delays));
});

t.test(
  'a download fills a queue: what was seen without one counts, and what is sent by each way is told',
  async (t) => {
    const delays = but([100, 1, 60, 25]);
    const { mesh } = survey(t, { delays, aheadMs: OFF });
    const { sim, exit, client } = mesh;
    sim.network.link(exit.host, client.host).configure({ delayMs: 25, rateMbps: 4, queueMs: 400 });
    download(exit, 100_000_000);
    const stream = new EchoStream(sim, client, exit);
    t.ok(sim.until(() => stream.receivedBytes > 2_000_000, 20_000));
    const paths = again(mesh);
    const direct = paths.find(({ relays }) => relays.length === 0)!;
    t.ok(Math.abs(direct.back[0]!.leastMs! - 25) <= 4, `${direct.back[0]!.leastMs}`);
    const fromExit = pathsTo(exit, client);
    const sent = fromExit.map(({ bytesSent }) => bytesSent);
    t.ok(Math.max(...sent) > 600_000);
    t.ok(Math.max(...fromExit.map(({ bytesSentLastMinute }) => bytesSentLastMinute)) > 600_000);
    t.ok(Math.max(...paths.map(({ bytesReceived }) => bytesReceived)) > 600_000, 'and what came by each');
    sim.pass(1_000);
    t.same(stream.ends, []);
  },
);

t.test('nobody asked, or nothing leads there', async (t) => {
  const mesh = makeRelayMesh(t, sodium);
  const { client, exit, sim } = mesh;
  t.same(pathsTo(client, exit), []);
  client.do((node, nowMs) => node.surveys.ask(exit.id, nowMs));
  t.ok(untilJoined(mesh));
  t.ok(untilUp(sim, client, [exit]));
  sim.pass(5_000);
  const [direct] = pathsTo(client, exit);
  t.match(direct, { relays: [], state: 'used', rtt: { leastMs: 20 } });
  t.ok(direct!.there[0]!.leastMs === null || Math.abs(direct!.there[0]!.leastMs - 10) < 4);
});

t.test('what was sent in all goes on counting where a way, or the session, is opened again', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { relays: 1 });
  const { sim, exit, client, relays, routes } = mesh;
  joined(untilJoined(mesh) && untilUp(sim, client, [exit]));
  routes.set(exit, [relays[0]!]);
  const sums = () => {
    const paths = pathsTo(client, exit);
    const sent = (relayCount: number): number =>
      paths.find((path) => path.relays.length === relayCount)?.bytesSent ?? 0;
    return { direct: sent(0), relayed: sent(1), users: paths[0]?.usersData.sentBytes ?? 0 };
  };
  const use = (): void => {
    const stream = new EchoStream(sim, client, exit);
    for (let count = 0; count < 20; count++) {
      stream.send();
      sim.pass(500);
    }
  };
  const isMore = (now: ReturnType<typeof sums>, before: ReturnType<typeof sums>): boolean =>
    now.direct > before.direct && now.relayed > before.relayed && now.users > before.users;
  use();
  const before = sums();
  t.ok(isMore(before, { direct: 0, relayed: 0, users: 0 }), JSON.stringify(before));
  client.host.changeAddress('198.51.100.9');
  sim.pass(10_000);
  use();
  const moved = sums();
  t.ok(isMore(moved, before), JSON.stringify(moved));
  exit.restart();
  t.ok(sim.until(() => client.stateOf(exit) !== 'up', 20_000) && untilUp(sim, client, [exit], 60_000));
  use();
  const again = sums();
  t.ok(isMore(again, moved), JSON.stringify(again));
});
