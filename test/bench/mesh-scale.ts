import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { type IdleTraffic, ScaleTrial } from '../fixtures/scale-trial.ts';

const HOUR_MS = 3_600_000;

function seconds(ms: number | null): string {
  return ms === null ? 'never' : `${(ms / 1_000).toFixed(2)} s`;
}

function perMinute({ meanBytes, mostBytes, mostPacketBytes }: IdleTraffic): string {
  const kb = (bytes: number): string => `${(bytes / 1_024).toFixed(2)} KB`;
  return `${kb(meanBytes)} on average, ${kb(mostBytes)} at most (${kb(mostPacketBytes)} with IP and UDP headers)`;
}

/** Says what a mesh of 254 nodes, 20 of them servers, takes in virtual time. */
export async function benchMeshScale(servers = 20, clients = 233, churnEvents = 10_000): Promise<string[]> {
  const rows: string[] = [];
  const say = (what: string, figure: string): void => {
    rows.push(`| ${what} | ${figure} |`);
    process.stderr.write(`${what}: ${figure}\n`);
  };
  const cpu = <T>(work: () => T): { readonly result: T; readonly cpuS: number } => {
    const before = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(before);
    return { result, cpuS: (user + system) / 1e6 };
  };
  const trial = new ScaleTrial(await loadSodium(), { servers, clients, seed: 1 });
  const started = cpu(() => trial.start());
  say(
    'all know all after the last of them has started',
    `${seconds(started.result)} (${started.cpuS.toFixed(1)} s CPU)`,
  );
  trial.mesh.sim.pass(15 * 60_000);
  say('a joining node is known to all', seconds(trial.joiningMs()));
  say('a changed address is known to all', seconds(trial.movingMs()));
  trial.mesh.sim.pass(30 * 60_000);
  const idle = cpu(() => trial.idle(HOUR_MS));
  say('an idle server, a minute', perMinute(idle.result.servers));
  say('an idle client, a minute', perMinute(idle.result.clients));
  say('CPU of all of them in an idle hour', `${idle.cpuS.toFixed(1)} s`);
  say('30 % die at once: no way leads over the dead', seconds(trial.healedMs(0.3)));
  trial.mesh.sim.pass(60_000);
  say('they come back: sessions with all servers', seconds(trial.revivedMs()));
  trial.mesh.sim.pass(60_000);
  say('two halves that were apart agree', seconds(trial.convergedMs(300_000)));
  trial.churn(churnEvents / 5, 1_000);
  const beforeBytes = heapBytes();
  const churned = cpu(() => trial.churn((churnEvents * 4) / 5, 1_000));
  const growth = heapBytes() - beforeBytes;
  say(
    `growth of the heap in ${(churnEvents * 4) / 5} further restarts, deaths and returns`,
    `${(growth / 2 ** 20).toFixed(1)} MB of ${(beforeBytes / 2 ** 20).toFixed(0)} (${churned.cpuS.toFixed(0)} s CPU)`,
  );
  return ['| what | figure |', '|---|---|', ...rows];
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
