import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';
import { builtFile } from '../node/fixtures/run-cli.ts';

// The client sleeps in the middle of downloads, and its clock is set: who wants bytes after that has them soon.

t.setTimeout(240_000);
t.jobs = 3;
const skip = await whyNoNamespaces();
const clock = builtFile(new URL('../fixtures/programs/movable-clock.ts', import.meta.url));
const ASLEEP_MS = 90_000;
/** Longer than a key lives (PROTOCOL section 1): the own ones are erased on waking. */
const CLOCK_STEP_MS = 7_200_000;
const AWAKE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 50;
const SETTLE_MS = 2_000;
const NEW_ADDRESS = '11.0.0.77';
const ECHO_PORT = 7;
const RATE_MBPS = 3;

for (const [what, transport, moves] of [
  ['udp', 'udp', false],
  ['udp, and it wakes up at another address', 'udp', true],
  ['tcp', 'tcp', false],
] as const) {
  t.test(`the client sleeps for 90 s, then its clock is set: ${what}`, { skip, buffered: true }, async (t) => {
    const environment = { NODE_OPTIONS: `--import=${clock}`, CLOCK_STEP_MS: String(CLOCK_STEP_MS) };
    const internet = await ExitInternet.make(t, { seed: what, transport, environment });
    const { client, network, programs } = internet;
    const { downloads, idle, before } = await begin(t, internet);
    client.signal('SIGSTOP');
    t.teardown(() => client.signal('SIGCONT'));
    await sleep(ASLEEP_MS);
    if (moves) await network.moveHost(client.host, NEW_ADDRESS);
    const bytes = await Promise.all(downloads.map((number) => bytesOf(internet, number)));
    const waking = new MachineLoad();
    const wokeMs = performance.now();
    client.signal('SIGCONT');
    await Promise.all([
      ...downloads.map((number, index) => soon('a download goes on', untilMore(internet, number, bytes[index]!))),
      soon('a connection that said nothing is answered', programs.call('say', idle)),
      soon('a new connection is there', internet.addressAt(SITES[2])),
    ]);

    for (const direction of ['forward', 'back']) {
      await Promise.all(downloads.map((number) => programs.call('held', number)));
      const load = new MachineLoad();
      client.signal('SIGUSR2');
      const tookMs = await programs.call('say', idle);
      t.ok(
        tookMs < load.limit(AWAKE_WITHIN_MS),
        `the clock is set ${direction}: an answer after ${Math.round(tookMs)} ms`,
      );
      await sleep(SETTLE_MS);
      for (const number of downloads) {
        const { ended, longestGapMs } = await programs.call('held', number);
        t.equal(ended, null, 'a download goes on');
        t.ok(longestGapMs < load.limit(AWAKE_WITHIN_MS), `without bytes for ${Math.round(longestGapMs)} ms`);
      }
    }
    t.same(await Promise.all(SITES.map((host) => internet.addressAt(host))), before, 'sites see the same addresses');

    async function soon(name: string, done: Promise<unknown>): Promise<void> {
      await done;
      const tookMs = performance.now() - wokeMs;
      t.ok(tookMs < waking.limit(AWAKE_WITHIN_MS), `${name}, ${Math.round(tookMs)} ms after waking`);
    }
  });
}

interface Begun {
  readonly downloads: readonly number[];
  /** A connection on which nothing is said. */
  readonly idle: number;
  /** What each site sees a connection come from. */
  readonly before: readonly string[];
}

async function begin(t: Test, internet: ExitInternet): Promise<Begun> {
  const { client, exits, network, programs } = internet;
  await internet.start();
  for (const { host } of exits) {
    await network.link(client.host.address, host.address, { rateMbps: RATE_MBPS });
    await network.link(NEW_ADDRESS, host.address, { delayMs: 15, rateMbps: RATE_MBPS });
  }
  const before = await Promise.all(SITES.map((host) => internet.addressAt(host)));
  const held = await programs.call('hold', [
    { host: SITES[0], path: '/bytes/1000000000' },
    { host: SITES[0], path: '/drip' },
    { host: SITES[1], port: ECHO_PORT },
  ]);
  await programs.call('say', held[2]!);
  await sleep(SETTLE_MS);
  t.same(await Promise.all(held.map((number) => programs.call('held', number).then(({ ended }) => ended))), [
    null,
    null,
    null,
  ]);
  return { downloads: held.slice(0, 2), idle: held[2]!, before };
}

async function bytesOf({ programs }: ExitInternet, number: number): Promise<number> {
  return (await programs.call('held', number)).bytes;
}

/** Resolves once more bytes have come than that; rejects where the connection has ended. */
async function untilMore({ programs }: ExitInternet, number: number, bytes: number): Promise<void> {
  for (;;) {
    const state = await programs.call('held', number);
    if (state.bytes > bytes) return;
    if (state.ended !== null) throw new Error(`the connection ended: ${state.ended}`);
    await sleep(LOOK_EVERY_MS);
  }
}
