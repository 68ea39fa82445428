import { BrowserLoad } from '../fixtures/browser-load.ts';
import { CITIES, city, TUNED_EXITS } from '../fixtures/exit-cities.ts';

const SITES = 100;
const CONNECTIONS = 1_000;
const ROUNDS = 6;

async function cpuUs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Connects to `sites` sites in turn, all at the same time, until everybody is connected. */
async function connect(load: BrowserLoad, connections: number): Promise<void> {
  let opened = 0;
  for (let n = 0; n < connections; n++) {
    load.connect(n % SITES, (outcome) => {
      if (outcome.type === 'opened') opened++;
    });
  }
  await load.settle();
  if (opened !== connections) throw new Error(`${connections - opened} connections did not come about`);
}

/** Rows of a table: what a decision takes where a browser opens 1,000 connections to 100 sites at once; 12 exits. */
export async function benchExitLoad(): Promise<string[]> {
  const rows: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const options = { seed: 1, client: city('Zurich'), exits: TUNED_EXITS, cities: CITIES };
    const load = new BrowserLoad(options);
    const first = await cpuUs(() => connect(load, SITES));
    const pinned = await cpuUs(() => connect(load, CONNECTIONS - SITES));
    const together = new BrowserLoad(options);
    const all = await cpuUs(() => connect(together, CONNECTIONS));
    const us = [first / SITES, pinned / (CONNECTIONS - SITES), all / CONNECTIONS].map((value) => value.toFixed(0));
    rows.push(`| ${round + 1} | ${us.join(' | ')} |`);
  }
  return ['| round | first connection, us | pinned, us | all at once, each, us |', '|---|---|---|---|', ...rows];
}
