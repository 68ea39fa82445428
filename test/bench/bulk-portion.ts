import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { PathReport } from '../../node/control/reports.ts';
import { freeTcpPort } from '../../node/demo/free-port.ts';
import { CLIENT, EXIT, LoopbackMesh, RELAY } from '../fixtures/loopback-mesh.ts';
import { builtFile } from '../node/fixtures/run-cli.ts';

type UsersData = PathReport['usersData'];

/** In turn, over and over, so that a busy machine is busy for both. */
const PERCENTS = [0, 10];
const ROUNDS = 4;
const DIRECTIONS = ['down', 'up'] as const;
const MEMBERS = [CLIENT, EXIT, RELAY] as const;
const HOST = '127.0.0.1';
const WARM_UP_S = 2;
const MAX_TRIES = 10;
const MEASURED_S = 3;
/** More than the portion of what goes here. */
const RELAY_RATE_MBPS = 1_000;

const loadFile = (name: string): string => builtFile(new URL(`peers/${name}.ts`, import.meta.url));

type Direction = (typeof DIRECTIONS)[number];

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

/** One of the meshes that are compared, and what was measured with it. */
class Candidate {
  readonly load: Load;
  readonly figures: Readonly<Record<Direction, Figures[]>> = { down: [], up: [] };
  readonly #percent: number;
  readonly #mesh: LoopbackMesh;
  #since: readonly UsersData[] = [];

  private constructor(percent: number, mesh: LoopbackMesh, sitePort: number) {
    this.#percent = percent;
    this.#mesh = mesh;
    this.load = new Load(mesh, sitePort);
  }

  static async start(percent: number, sitePort: number): Promise<Candidate> {
    const settings = `relaySharePercent: ${percent}\nrelayRateMbps: ${RELAY_RATE_MBPS}`;
    return new Candidate(percent, await LoopbackMesh.start(settings), sitePort);
  }

  async warmUp(): Promise<void> {
    this.#since = await this.load.warmUp();
  }

  async measure(direction: Direction): Promise<void> {
    this.figures[direction].push(await this.load.measure(direction));
  }

  /** A row of the table. */
  async row(): Promise<string> {
    const shares = await this.load.shares(this.#since);
    const cells = DIRECTIONS.flatMap((direction, index) => {
      const figures = this.figures[direction];
      const rounds = figures.map(({ mbps }) => mbps.toFixed(0)).join(', ');
      const costs = MEMBERS.map((_, member) => median(figures.map((one) => one.costs[member]!)).toFixed(1));
      const share = `${(100 * shares[index]!).toFixed(1)} %`;
      return [`${median(figures.map(({ mbps }) => mbps)).toFixed(0)} (${rounds})`, share, costs.join(', ')];
    });
    return `| ${[`${this.#percent} %`, ...cells].join(' | ')} |`;
  }

  stop(): Promise<void> {
    return this.#mesh.stop();
  }
}

async function compare(): Promise<string[]> {
  const sitePort = await freeTcpPort();
  const site = spawn(process.execPath, [loadFile('load-server'), HOST, String(sitePort)], { stdio: 'ignore' });
  const candidates: Candidate[] = [];
  try {
    for (const percent of PERCENTS) candidates.push(await Candidate.start(percent, sitePort));
    for (const candidate of candidates) await candidate.warmUp();
    for (let round = 0; round < ROUNDS; round++) {
      for (const direction of DIRECTIONS) for (const candidate of candidates) await candidate.measure(direction);
    }
    const rows: string[] = [];
    for (const candidate of candidates) rows.push(await candidate.row());
    return rows;
  } finally {
    for (const candidate of candidates) await candidate.stop();
    site.kill();
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Rows of a table: what a portion by way of a relay does to bulk throughput where nothing but CPU time limits it. */
export async function benchBulkPortion(): Promise<string[]> {
  const rows = await compare();
  const head = ['Mbit/s, median (rounds)', 'by the relay', 'CPU, ms a MB: client, exit, relay'];
  return [
    `| share asked for | down, ${head.join(' | ')} | up, ${head.join(' | ')} |`,
    `|---|${'---|'.repeat(2 * head.length)}`,
    ...rows,
  ];
}
