import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { keepAliveTimersMs } from '../fixtures/namespaces/socket-timers.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// Connections on which nothing is said for 25 minutes, with the real clock: one is answered afterwards; one's exit and one's site
// vanish without a word, and the program is told.

const MINUTE_MS = 60_000;
const IDLE_MS = 25 * MINUTE_MS;
/** After 25 minutes the third keep-alive is 5 minutes off. */
const NEXT_KEEP_ALIVE_MS = 5 * MINUTE_MS;
const SLACK_MS = 30_000;
/** The longest pause between two looks at a session that is idle, and until it is given up. */
const EXIT_NOTICED_WITHIN_MS = 2 * MINUTE_MS + 10_000;
/** The exit's keep-alive is due after 10 minutes, and the system gives up after ten more of them, a second apart. */
const SITE_NOTICED_WITHIN_MS = 10 * MINUTE_MS + 60_000;
const ECHO_PORT = 7;
const PROXY_PORT = 1080;

t.setTimeout(IDLE_MS + 3 * MINUTE_MS);
t.jobs = 2;
const skip = await whyNoNamespaces();

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`${transport}: connections that are idle for 25 minutes`, { skip, buffered: true }, async (t) => {
    const internet = await ExitInternet.make(t, { seed: 'idle', transport });
    const { client, exits, network, programs } = internet;
    const [lasting, frozen, left] = exits;
    await internet.start();
    for (const [index, host] of SITES.entries()) await client.pin(host, index + 1);
    const sites = await Promise.all(SITES.map((host) => internet.addressAt(host)));
    t.same(sites, [lasting.host.address, frozen.host.address, left.host.address], 'each site has its exit');
    const held = await programs.call(
      'hold',
      SITES.map((host) => ({ host, port: ECHO_PORT })),
    );
    const [kept, ofFrozen, ofLostSite] = held as readonly [number, number, number];
    await Promise.all(held.map((number) => programs.call('say', number)));
    await network.clearCounts();
    const idleSinceMs = performance.now();

    frozen.signal('SIGSTOP');
    t.teardown(() => frozen.signal('SIGCONT'));
    await network.link(left.host.address, '11.0.2.3', {}, false);
    const noticed = async (number: number, withinMs: number, what: string): Promise<void> => {
      const { ended } = await programs.call('heldEnded', number);
      const tookMs = performance.now() - idleSinceMs;
      t.equal(ended, 'ECONNRESET', `${what}: the program is told`);
      t.ok(tookMs < withinMs, `after ${Math.round(tookMs / 1000)} s`);
    };
    await Promise.all([
      noticed(ofFrozen, EXIT_NOTICED_WITHIN_MS, 'the exit is silent'),
      noticed(ofLostSite, SITE_NOTICED_WITHIN_MS, 'the site is silent'),
      sleep(IDLE_MS),
    ]);

    const counts = await network.counts();
    const toSite = counts.find(({ from, to }) => from === lasting.host.address && to === '11.0.2.1');
    t.equal(toSite?.delivered, 2, 'the exit sent the site a keep-alive after 10 and after 20 minutes');
    const timersMs = keepAliveTimersMs(client.pid, PROXY_PORT);
    t.equal(timersMs.length, 1, 'one connection is left at the proxy');
    for (const leftMs of timersMs) {
      const isNear = leftMs !== null && Math.abs(leftMs - NEXT_KEEP_ALIVE_MS) < SLACK_MS;
      t.ok(isNear, `its next keep-alive is ${leftMs ?? 'never'} ms off`);
    }
    const tookMs = await programs.call('say', kept);
    t.ok(tookMs < 2_000, `the connection is answered, in ${Math.round(tookMs)} ms`);
    t.same(await internet.strayTraffic(), [], "nothing but the mesh's traffic left the client's machine");
  });
}
