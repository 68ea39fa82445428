import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { isInstalled } from '../fixtures/is-installed.ts';
import { ip } from '../fixtures/namespaces/ip-command.ts';
import { startPair } from '../fixtures/start-pair.ts';
import { TestBed } from '../fixtures/test-bed.ts';
import { TwoNamespaces } from '../fixtures/two-namespaces.ts';

t.setTimeout(90_000);

// A real download through real processes, while the path between them takes shorter and shorter datagrams.

const SITE_PORT = 9_100;
const STAGE_MS = 4_000;
const STALL_MS = 2_000;
const LEAST_STAGE_BYTES = 1_000_000;
const MTUS = [1_500, 1_124, 576] as const;

const canRun = process.getuid?.() === 0 && isInstalled('ip');
const skip = canRun ? false : 'needs root and iproute2, for two network namespaces';

for (const options of ['koffi', 'none'] as const) {
  t.test(`a download goes on as the path MTU falls; socket options: ${options}`, { skip }, async (t) => {
    const net = new TwoNamespaces();
    const bed = new TestBed(net);
    const workDir = mkdtempSync(join(tmpdir(), 'uservpn-mtu-'));
    const before = process.env['USERVPN_SOCKET_OPTIONS'];
    if (options === 'none') process.env['USERVPN_SOCKET_OPTIONS'] = options;
    t.teardown(async () => {
      await bed.stop();
      net.remove();
      rmSync(workDir, { recursive: true, force: true });
    });
    const script = (name: string): string => fileURLToPath(new URL(`../bench/peers/${name}`, import.meta.url));
    bed.spawn(net.far, process.execPath, script('load-server.js'), net.siteAddress, String(SITE_PORT));
    const proxy = await startPair(bed, workDir, 'udp');
    if (before === undefined) delete process.env['USERVPN_SOCKET_OPTIONS'];

    const site = [net.siteAddress, String(SITE_PORT)];
    const args = ['netns', 'exec', net.near, process.execPath, script('watch-download.js')];
    const child = spawn('ip', [...args, proxy.host, String(proxy.port), ...site], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const arrivals: { readonly atMs: number; readonly bytes: number }[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean))
        arrivals.push({ atMs: performance.now(), bytes: Number(line) });
    });
    for (const mtu of MTUS) {
      for (const namespace of [net.near, net.far]) ip('-n', namespace, 'link', 'set', 'cable', 'mtu', String(mtu));
      const fromMs = performance.now();
      await sleep(STAGE_MS);
      const stage = arrivals.filter(({ atMs }) => atMs >= fromMs);
      const timesMs = [fromMs, ...stage.map(({ atMs }) => atMs), performance.now()];
      const longestMs = Math.max(...timesMs.slice(1).map((atMs, index) => atMs - timesMs[index]!));
      const bytes = stage.reduce((sum, arrival) => sum + arrival.bytes, 0);
      t.comment(`MTU ${mtu}: ${(bytes / 1e6).toFixed(1)} MB, longest gap ${longestMs.toFixed(0)} ms`);
      t.ok(longestMs < STALL_MS, `MTU ${mtu}: no gap of ${STALL_MS} ms`);
      t.ok(bytes > LEAST_STAGE_BYTES, `MTU ${mtu}: more than ${LEAST_STAGE_BYTES} bytes`);
    }
  });
}
