import t, { type Test } from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { EmulatedNetwork } from '../fixtures/namespaces/emulated-network.ts';
import { makeMesh } from '../fixtures/namespaces/make-mesh.ts';
import type { MeshProcess } from '../fixtures/namespaces/mesh-process.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';
import type { PathReport } from '../../node/control/reports.ts';
import { builtFile } from '../node/fixtures/run-cli.ts';

// `uservpn paths` between real processes, over links that take longer one way, with clocks off by minutes (PROTOCOL section 7).

t.setTimeout(240_000);
t.jobs = 2;
const RIGHT_WITHIN_MS = 4;
/** What a machine that has much else to do answers late is measured again. */
const MEASURED_WITHIN_MS = 75_000;
const MINUTE_MS = 60_000;
const ADDRESSES = ['11.0.1.1', '11.0.4.2', '11.0.4.3', '11.0.0.1'] as const;
const skip = await whyNoNamespaces();
const clock = builtFile(new URL('../fixtures/programs/movable-clock.ts', import.meta.url));

/** From a node to another and back, in ms. Node 1 is an exit, 2 and 3 are relays, 4 is the client. */
type Delays = readonly [a: number, b: number, thereMs: number, backMs: number];

const PAIRS = [
  [4, 1],
  [4, 2],
  [2, 1],
  [4, 3],
  [3, 1],
  [2, 3],
] as const;

/** For each of the pairs, in ms, how long there and how long back. */
function delaysOf(thereMs: readonly number[], backMs: readonly number[]): readonly Delays[] {
  return PAIRS.map(([a, b], index) => [a, b, thereMs[index]!, backMs[index]!]);
}

t.test('some links are uneven, all clocks off by minutes', { skip, buffered: true }, (t) =>
  measure(t, delaysOf([70, 12, 18, 15, 60, 10], [20, 12, 18, 15, 20, 10]), [-11, 3, 37, 7]),
);

t.test('every link is uneven, clocks agree', { skip, buffered: true }, (t) =>
  measure(t, delaysOf([70, 12, 48, 35, 20, 10], [20, 33, 18, 15, 60, 25]), [0, 0, 0, 0]),
);

async function measure(t: Test, delays: readonly Delays[], aheadMinutes: readonly number[]): Promise<void> {
  const client = await start(t, delays, aheadMinutes);
  const load = new MachineLoad();
  const deadlineMs = performance.now() + MEASURED_WITHIN_MS;
  let paths: readonly PathReport[];
  let wrong: readonly string[];
  do {
    paths = await client.paths(1);
    wrong = wrongHops(paths, delays, load.limit(RIGHT_WITHIN_MS));
    if (wrong.length > 0) t.comment(`not right yet: ${wrong.join('; ')}; ${load.text}`);
  } while ((paths.length < 3 || wrong.length > 0) && performance.now() < deadlineMs);
  t.ok(paths.length >= 3, `${paths.map(({ link }) => link).join(', ')}`);
  t.match(paths[0], { relays: [], state: 'used', why: 'in use' });
  t.same(wrong, []);
  for (const { relays, there, back } of paths) {
    t.comment(
      `by ${relays.join(', ') || 'none'}: ${[...there, ...back].map(({ leastMs }) => leastMs?.toFixed(1)).join(' ')}`,
    );
  }
}

async function start(t: Test, delays: readonly Delays[], aheadMinutes: readonly number[]): Promise<MeshProcess> {
  const network = EmulatedNetwork.start(t, `flights ${aheadMinutes.join()}`);
  const hosts = [];
  for (const [index, address] of ADDRESSES.entries()) hosts.push(await network.addHost(`node-${index + 1}`, [address]));
  for (const [a, b, thereMs, backMs] of delays) {
    await network.direction(ADDRESSES[a - 1]!, ADDRESSES[b - 1]!, { delayMs: thereMs });
    await network.direction(ADDRESSES[b - 1]!, ADDRESSES[a - 1]!, { delayMs: backMs });
  }
  const nodes = await makeMesh(
    network,
    hosts.map((host, index) => ({
      host,
      isExit: index === 0,
      isRelay: index === 1 || index === 2,
      listens: index < 3,
      ...(index === 3 ? { proxyPort: 1080 } : {}),
      environment: {
        NODE_OPTIONS: `--import=${clock}`,
        CLOCK_AHEAD_MS: String((aheadMinutes[index] ?? 0) * MINUTE_MS),
      },
    })),
  );
  await Promise.all(nodes.map((node) => node.start()));
  const client = nodes[3]!;
  await client.untilUp(1, 2, 3);
  return client;
}

/** The hops whose flight times are not right to so many ms, each as a sentence. */
function wrongHops(paths: readonly PathReport[], delays: readonly Delays[], withinMs: number): string[] {
  return paths.flatMap(({ there, back }) =>
    [...there, ...back].flatMap(({ from, to, leastMs }) => {
      const link = delays.find(([a, b]) => (a === from && b === to) || (a === to && b === from))!;
      const ms = link[0] === from ? link[2] : link[3];
      const isRight = leastMs !== null && Math.abs(leastMs - ms) <= withinMs;
      return isRight ? [] : [`${from} to ${to}: ${leastMs} and not ${ms} ms`];
    }),
  );
}
