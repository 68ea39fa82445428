import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { Churn, countMesh, type Counts } from '../fixtures/churn.ts';
import { ScaleTrial } from '../fixtures/scale-trial.ts';

// Run by mesh-scale.ts as a process of its own with --expose-gc: 10,000 things happen to a mesh of ten nodes, and what is in
// memory is said as JSON lines, at first and after each 2,500. The argument is the number of events.

const STEPS = 4;

/** One line: what is in memory after so many events. */
export interface ChurnLine {
  readonly events: number;
  readonly heapMb: number;
  readonly cpuS: number;
  readonly counts: Counts;
  readonly happened: Readonly<Record<string, number>>;
}

const events = Number(process.argv[2] ?? 10_000);
const trial = new ScaleTrial(await loadSodium(), { servers: 4, clients: 6, seed: 2 });
trial.start();
const churn = new Churn(trial.mesh, 3_000);
// Until everything that is bounded is as full as it gets.
churn.run(events / 10);
for (let step = 0; step <= STEPS; step++) {
  const cpuS = process.cpuUsage().user / 1e6;
  const counts = countMesh(trial.mesh);
  globalThis.gc?.();
  const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
  const line: ChurnLine = { events: (events / STEPS) * step, heapMb, cpuS, counts, happened: churn.happened };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (step < STEPS) churn.run(events / STEPS);
}
