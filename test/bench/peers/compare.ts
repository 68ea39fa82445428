import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isInstalled } from '../../fixtures/is-installed.ts';
import { TestBed } from '../../fixtures/test-bed.ts';
import type { Tunnel } from './tunnel.ts';
import { TUNNELS } from './tunnels.ts';
import { TwoNamespaces } from '../../fixtures/two-namespaces.ts';

// `npm run bench:peers [TUNNEL ...]`: the same load for uservpn and for each of its peers that is installed here, in two network
// namespaces joined by a virtual cable. Needs root. All run in turn, and again, so that a busy machine is busy for all of them.

const ROUNDS = 3;
const TESTS = ['down', 'up', 'ping', 'conn', 'fetch'] as const;
const UNITS = { down: 'down, Mbit/s', up: 'up, Mbit/s', ping: 'echo, us', conn: 'connections/s', fetch: '100 KB, ms' };
const SITE_PORT = 9_100;
const TEST_DEADLINE_MS = 60_000;

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const failures: string[] = [];

async function measure(tunnel: Tunnel): Promise<number[]> {
  const net = new TwoNamespaces();
  const interrupted = (): void => {
    net.remove();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  const bed = new TestBed(net);
  const workDir = mkdtempSync(join(tmpdir(), 'uservpn-bench-'));
  try {
    bed.spawn(net.far, process.execPath, beside('load-server.js'), net.siteAddress, String(SITE_PORT));
    const proxy = await tunnel.start(bed, workDir);
    const figures: number[] = [];
    for (const test of TESTS) {
      const args = [beside('load-client.js'), test, proxy.host, String(proxy.port), net.siteAddress, String(SITE_PORT)];
      figures.push(await runTest(`${tunnel.name} ${test}`, ['netns', 'exec', net.near, process.execPath, ...args]));
      await sleep(300);
    }
    return figures;
  } finally {
    process.off('SIGINT', interrupted);
    await bed.stop();
    net.remove();
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** A figure, or NaN where the tunnel did not get through. */
async function runTest(what: string, args: readonly string[]): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)('ip', args, { timeout: TEST_DEADLINE_MS, killSignal: 'SIGKILL' });
    return Number(JSON.parse(stdout));
  } catch (error) {
    failures.push(`${what}: ${error instanceof Error ? error.message.split('\n').at(-2) : String(error)}`);
    return Number.NaN;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function cell(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(value < 100 ? 1 : 0);
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0 || !isInstalled('ip')) {
    process.stderr.write('bench:peers needs root and iproute2, for two network namespaces. Nothing was measured.\n');
    return 1;
  }
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !TUNNELS.some((tunnel) => tunnel.name === name));
  if (unknown.length > 0) {
    const known = TUNNELS.map(({ name }) => `"${name}"`).join(', ');
    process.stderr.write(`No such tunnel: ${unknown.join(', ')}. There are ${known}.\n`);
    return 2;
  }
  const chosen = TUNNELS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const present = chosen.filter(({ programs }) => programs.every(isInstalled));
  for (const { name, programs } of chosen.filter((tunnel) => !present.includes(tunnel))) {
    process.stderr.write(
      `${name} is left out: it needs ${programs.filter((program) => !isInstalled(program)).join(', ')}.\n`,
    );
  }
  const figures = new Map<string, number[][]>(present.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const tunnel of present) {
      process.stderr.write(`round ${round} of ${ROUNDS}: ${tunnel.name}\n`);
      figures.get(tunnel.name)!.push(await measure(tunnel));
    }
  }
  process.stdout.write(
    `| tunnel | ${TESTS.map((test) => UNITS[test]).join(' | ')} |\n|---${'|---'.repeat(TESTS.length)}|\n`,
  );
  for (const [name, rounds] of figures) {
    const medians = TESTS.map((_, index) => cell(median(rounds.map((round) => round[index]!))));
    process.stdout.write(`| ${name} | ${medians.join(' | ')} |\n`);
  }
  for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
