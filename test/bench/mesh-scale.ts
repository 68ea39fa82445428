import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { type IdleTraffic, ScaleTrial } from '../fixtures/scale-trial.ts';
import type { ChurnLine } from './mesh-churn.ts';

const SERVERS = 20;
const CLIENTS = 233;
/** Sessions that rest are probed once in so long, in minutes: all that idle nodes do is in it. */
const IDLE_MINUTES = 110;
/** Events, servers, clients. */
const CHURN = [10_000, 8, 32] as const;

/** Says what a mesh of 254 nodes, 20 of them servers, takes in virtual time. `parts` are names of parts; all of them unless told. */
export async function benchMeshScale(parts: readonly string[] = PARTS): Promise<string[]> {
  const rows: string[] = [];
  const say: Say = (what, figure) => {
    rows.push(`| ${what} | ${figure} |`);
    process.stderr.write(`${what}: ${figure}\n`);
  };
  if (parts.includes('mesh'))
    sayMesh(new ScaleTrial(await loadSodium(), { servers: SERVERS, clients: CLIENTS, seed: 1 }), say);
  if (parts.includes('churn')) await sayChurn(say);
  return ['| what | figure |', '|---|---|', ...rows];
}

const PARTS = ['mesh', 'churn'];

type Say = (what: string, figure: string) => void;

function sayMesh(trial: ScaleTrial, say: Say): void {
  const { sim } = trial.mesh;
  const started = cpu(() => trial.start());
  say(
    'all know all after the last has started',
    `${seconds(started.result)} (${started.cpuS.toFixed(0)} s CPU for all)`,
  );
  sim.pass(120_000);
  say('a joining node is known to all', seconds(trial.joiningMs()));
  say('a changed address is known to all', seconds(trial.movingMs()));
  sim.pass(600_000);
  const idle = cpu(() => trial.idle(IDLE_MINUTES * 60_000));
  const nodes = trial.mesh.alive.length;
  say('an idle server, a minute', perMinute(idle.result.servers));
  say('an idle client, a minute', perMinute(idle.result.clients));
  say('wake-ups of an idle client', `${idle.result.clients.mostWakeUps.toFixed(2)} a second at most`);
  const hourS = (idle.cpuS / IDLE_MINUTES) * 60;
  say(
    'CPU in an idle hour',
    `${hourS.toFixed(0)} s for ${nodes} nodes, ${((hourS / nodes) * 1_000).toFixed(0)} ms a node`,
  );
  say('30 % die at once: no way leads over the dead', seconds(trial.healedMs(0.3)));
  sim.pass(60_000);
  say('they come back: sessions with all servers', seconds(trial.revivedMs()));
  sim.pass(60_000);
  say('two halves that were apart for 3 min agree', seconds(trial.convergedMs(120_000)));
  say('a revoked server is out everywhere', seconds(trial.revokedMs()));
}

/** Runs mesh-churn.ts, and says what was in memory after each of its steps. */
async function sayChurn(say: Say): Promise<void> {
  const script = fileURLToPath(new URL('mesh-churn.js', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', '--no-warnings', script, ...CHURN.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as ChurnLine;
    const { Peer, PeerLink, Session, SessionPath } = line.counts;
    say(
      `forty nodes after ${line.events} restarts, leaves, joins and moves`,
      `heap ${line.heapMb.toFixed(1)} MB, ${Peer} peers, ${PeerLink} links, ${Session} sessions, ${SessionPath} paths, ` +
        `${line.cpuS.toFixed(0)} s CPU so far`,
    );
  }
}

function seconds(ms: number | null): string {
  return ms === null ? 'never' : `${(ms / 1_000).toFixed(2)} s`;
}

function perMinute({ meanPacketBytes, mostPacketBytes, mostMessages }: IdleTraffic): string {
  const kb = (bytes: number): string => `${(bytes / 1_000).toFixed(2)} KB`;
  return `${kb(meanPacketBytes)} on average, ${kb(mostPacketBytes)} and ${mostMessages.toFixed(0)} messages at most`;
}

/** Runs some work, and says what processor time it took. */
function cpu<T>(work: () => T): { readonly result: T; readonly cpuS: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuS: (user + system) / 1e6 };
}
