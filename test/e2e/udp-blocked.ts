import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { EmulatedNetwork } from '../fixtures/namespaces/emulated-network.ts';
import { makeMesh } from '../fixtures/namespaces/make-mesh.ts';
import { whyNoNat } from '../fixtures/namespaces/nat-router.ts';
import { startClientProgram, startWebServer } from '../fixtures/programs/start-programs.ts';

// A network that drops all UDP without a word, as hotels and offices do, and changes its mind in the middle of downloads.

t.setTimeout(240_000);
t.jobs = 2;
const RATE_MBPS = 8;
const DELAY_MS = 25;
const SETTLE_MS = 2_500;
/** From the start to the first page. */
const FIRST_PAGE_MS = 5_000;
const LONGEST_GAP_MS = 1_000;
/** What was in flight by the connection goes again. */
const MOVE_GAP_MS = 2_000;
/** A connection has to be made and proven, once it is noticed that nothing arrives. */
const BLOCKED_GAP_MS = 3_000;
const DOWNLOADS = ['/bytes/1000000000', '/drip'];

const skip = await whyNoNat();

// In one direction each: what drops both looks to the client like what drops all that is for it.
for (const [direction, hook] of [
  ['to', 'input'],
  ['from', 'output'],
] as const) {
  t.test(
    `UDP ${direction} the exit is blocked, let through, and blocked again`,
    { skip, buffered: true },
    async (t) => {
      const network = EmulatedNetwork.start(t, `blocked ${direction}`);
      const near = await network.addHost('near', ['11.0.0.1']);
      const far = await network.addHost('far', ['11.0.1.1']);
      const web = await network.addHost('web', ['11.0.2.1']);
      await network.link(near.address, far.address, { delayMs: DELAY_MS, rateMbps: RATE_MBPS });
      const [exit, client] = await makeMesh(network, [
        { host: far, isExit: true, transport: 'both' },
        { host: near, proxyPort: 1080 },
      ]);
      await startWebServer(web.namespace);
      const programs = await startClientProgram(near.namespace);
      const isUdpBlocked = (isBlocked: boolean): void => {
        const verdict = isBlocked ? 'drop' : 'accept';
        const rules = `table inet wall { chain wall { type filter hook ${hook} priority 0; meta l4proto udp ${verdict}; }; }`;
        far.namespace.run(['nft', '-f', '-'], `flush ruleset; ${rules}`);
      };
      const until = async (transport: 'udp' | 'tcp', what: string): Promise<void> => {
        const sinceMs = performance.now();
        await client!.until(`node 1 is reached by ${transport}`, (nodes) =>
          nodes.some(({ id, link }) => id === 1 && link?.startsWith(transport)),
        );
        t.comment(`${what}: by ${transport} after ${Math.round(performance.now() - sinceMs)} ms`);
      };

      isUdpBlocked(true);
      await exit!.start();
      let load = new MachineLoad();
      const startedMs = performance.now();
      await client!.start();
      const [page] = await programs.call('fetch', [{ host: web.address }]);
      t.match(page, { code: 0, body: far.address }, 'the site sees the exit');
      const tookMs = performance.now() - startedMs;
      t.ok(tookMs < load.limit(FIRST_PAGE_MS), `the first page ${Math.round(tookMs)} ms after the start; ${load.text}`);
      await until('tcp', 'blocked');

      const held = await programs.call(
        'hold',
        DOWNLOADS.map((path) => ({ host: web.address, path })),
      );
      await sleep(SETTLE_MS);
      const check = async (when: string, longestGapMs: number): Promise<void> => {
        for (const [index, number] of held.entries()) {
          const state = await programs.call('held', number);
          t.equal(state.ended, null, `${when}: ${DOWNLOADS[index]} is open`);
          t.ok(state.longestGapMs < load.limit(longestGapMs), `without bytes for ${Math.round(state.longestGapMs)} ms`);
        }
        load = new MachineLoad();
      };
      await check('blocked', LONGEST_GAP_MS);
      isUdpBlocked(false);
      await until('udp', 'let through');
      await sleep(SETTLE_MS);
      await check('let through', MOVE_GAP_MS);
      isUdpBlocked(true);
      await until('tcp', 'blocked again');
      await sleep(SETTLE_MS);
      await check('blocked again', BLOCKED_GAP_MS);
    },
  );
}
