import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { PathReport } from '../../node/control/reports.ts';
import { freeTcpPort } from '../../node/demo/free-port.ts';
import { CLIENT, EXIT, LoopbackMesh, RELAY } from '../fixtures/loopback-mesh.ts';
import { builtFile } from '../node/fixtures/run-cli.ts';

type Transport = 'udp' | 'tcp';
type UsersData = PathReport['usersData'];

/** In one go, so that a busy machine is busy for both. */
const PERCENTS = [0, 10, 0, 10];
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp'];
const MEMBERS = [CLIENT, EXIT, RELAY] as const;
const HOST = '127.0.0.1';
const WARM_UP_S = 2;
const MAX_TRIES = 10;
const MEASURED_S = 5;
/** More than the portion of what goes here. */
const RELAY_RATE_MBPS = 1_000;

const loadFile = (name: string): string => builtFile(new URL(`peers/${name}.ts`, import.meta.url));

type Direction = 'down' | 'up';

/** What went through in one direction. */
interface Figures {
  readonly mbps: number;
  /** CPU time of client, exit and relay, in ms for each megabyte. */
  readonly costs: readonly number[];
}

/** A client that loads the mesh, and the site that it loads it with, each a process of its own. */
class Load {
  readonly #mesh: LoopbackMesh;
  readonly #sitePort: number;

  constructor(mesh: LoopbackMesh, sitePort: number) {
    this.#mesh = mesh;
    this.#sitePort = sitePort;
  }

  /** Lets data flow until both sides have a way by the relay beside the direct one; what they have sent until then. */
  async warmUp(): Promise<readonly UsersData[]> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      await this.#run('down', WARM_UP_S);
      const both = await this.#paths();
      if (both.every(hasAlternate)) return both.map((paths) => paths[0]!.usersData);
    }
    throw new Error('no way by the relay was there');
  }

  async measure(direction: Direction): Promise<Figures> {
    const before = MEMBERS.map((member) => this.#mesh.cpuMs(member));
    const mbps = await this.#run(direction, MEASURED_S);
    const megabytes = (mbps * MEASURED_S) / 8;
    return { mbps, costs: MEMBERS.map((member, index) => (this.#mesh.cpuMs(member) - before[index]!) / megabytes) };
  }

  /** What share of what was sent since then went by the relay: down, and up. */
  async shares(since: readonly UsersData[]): Promise<readonly number[]> {
    const now = (await this.#paths()).map((paths) => paths[0]!.usersData);
    return now.map(({ sentBytes, relayedBytes }, index) => {
      return (relayedBytes - since[index]!.relayedBytes) / (sentBytes - since[index]!.sentBytes);
    });
  }

  /** As the exit has them, and as the client has. */
  #paths(): Promise<(readonly PathReport[])[]> {
    return Promise.all([this.#mesh.paths(EXIT, CLIENT), this.#mesh.paths(CLIENT, EXIT)]);
  }

  async #run(direction: Direction, seconds: number): Promise<number> {
    const proxy = [HOST, String(this.#mesh.proxyPort)];
    const args = [loadFile('load-client'), direction, ...proxy, HOST, String(this.#sitePort), String(seconds)];
    return Number(JSON.parse((await promisify(execFile)(process.execPath, args)).stdout));
  }
}

function hasAlternate(paths: readonly PathReport[]): boolean {
  const [used, ...others] = paths;
  return used?.relays.length === 0 && others.some(({ relays, state }) => relays[0] === RELAY && state === 'ready');
}

async function measure(transport: Transport, percent: number): Promise<string> {
  const sitePort = await freeTcpPort();
  const site = spawn(process.execPath, [loadFile('load-server'), HOST, String(sitePort)], { stdio: 'ignore' });
  const settings = `relaySharePercent: ${percent}\nrelayRateMbps: ${RELAY_RATE_MBPS}`;
  const mesh = await LoopbackMesh.start({ transport, settings });
  try {
    const load = new Load(mesh, sitePort);
    const since = await load.warmUp();
    const figures = [await load.measure('down'), await load.measure('up')];
    const shares = await load.shares(since);
    const cells = figures.flatMap(({ mbps, costs }, index) => [
      mbps.toFixed(0),
      `${(100 * shares[index]!).toFixed(1)} %`,
      costs.map((ms) => ms.toFixed(1)).join(', '),
    ]);
    return `| ${[transport, `${percent} %`, ...cells].join(' | ')} |`;
  } finally {
    await mesh.stop();
    site.kill();
  }
}

/** Rows of a table: what a portion by way of a relay does to bulk throughput where nothing but CPU time limits it. */
export async function benchBulkPortion(transports = TRANSPORTS, percents = PERCENTS): Promise<string[]> {
  const rows: string[] = [];
  for (const transport of transports) for (const percent of percents) rows.push(await measure(transport, percent));
  const head = ['Mbit/s', 'by the relay', 'CPU, ms a MB: client, exit, relay'];
  return [
    `| link | share asked for | down, ${head.join(' | ')} | up, ${head.join(' | ')} |`,
    `|---|---|${'---|'.repeat(2 * head.length)}`,
    ...rows,
  ];
}
