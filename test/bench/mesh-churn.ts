import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { Churn, countMesh, type Counts } from '../fixtures/churn.ts';
import { ScaleTrial } from '../fixtures/scale-trial.ts';

// A process of its own, with --expose-gc: things happen to a mesh, and what is in memory is said as JSON lines, at first and
// after each step. The arguments are the numbers of events, servers, clients and steps. Tables that are bounded fill meanwhile,
// and the simulation keeps every address and port that was ever used: the counts tell which.

/** From one event to the next, in ms of virtual time. */
const EVERY_MS = 3_000;

/** One line: what is in memory after so many events. */
export interface ChurnLine {
  readonly events: number;
  readonly heapMb: number;
  readonly cpuS: number;
  readonly virtualH: number;
  readonly counts: Counts;
  readonly happened: Readonly<Record<string, number>>;
}

const [events = 10_000, servers = 8, clients = 32, steps = 10] = process.argv.slice(2).map(Number);
const trial = new ScaleTrial(await loadSodium(), { servers, clients, seed: 2 });
trial.start();
const churn = new Churn(trial.mesh, EVERY_MS);
for (let step = 0; step <= steps; step++) {
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  const line: ChurnLine = {
    events: (events / steps) * step,
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
    cpuS: (user + system) / 1e6,
    virtualH: trial.mesh.sim.network.nowMs / 3_600_000,
    counts: countMesh(trial.mesh),
    happened: churn.happened,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (step < steps) churn.run(events / steps);
}
