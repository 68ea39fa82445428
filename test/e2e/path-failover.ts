import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import type { MeshProcess } from '../fixtures/namespaces/mesh-process.ts';
import { RelayInternet } from '../fixtures/namespaces/relay-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// The way between client and exit is cut in the middle of downloads (PROTOCOL section 7). Connections never notice, and the site sees one exit.

t.setTimeout(240_000);
t.jobs = 2;
const SETTLE_MS = 2_500;
const LONGEST_GAP_MS = 1_000;
/** Relays themselves have to find out who is cut off from whom. */
const TWO_RELAYS_GAP_MS = 4_000;
/** A way that is better is taken after so long. */
const BETTER_FOR_MS = 10_000;
/** Servers say a second or two after it which of their links are there (PROTOCOL section 5); a machine that runs much else starts slowly. */
const KNOWN_AFTER_MS = 10_000;
const DOWNLOADS = ['/bytes/1000000000', '/drip'];
const skip = await whyNoNamespaces();

t.test('the direct way dies and comes back', { skip, buffered: true }, async (t) => {
  const internet = await RelayInternet.make(t, { seed: 'failover' });
  const { client, exit } = internet;
  const { check } = await begin(t, internet);
  await internet.cable(client, exit, false);
  await sleep(SETTLE_MS);
  await check('while the direct way is cut', LONGEST_GAP_MS);
  t.match(await internet.way(), /^[23]$/, 'by a relay');
  t.match(await internet.way(exit, client), /^[23]$/, 'and back by a relay');
  t.equal(await internet.addressAtSite(), exit.host.address, 'a new connection comes from the same exit');

  const before = changesOfWay(client, exit).length;
  await internet.cable(client, exit, true);
  const backMs = performance.now();
  const load = new MachineLoad();
  await Promise.all([internet.untilWay('direct'), internet.untilWay('direct', exit, client)]);
  const waitedMs = performance.now() - backMs;
  const changes = changesOfWay(client, exit).slice(before);
  for (const line of changes) t.comment(line);
  // Where nobody gets the processor for long, a relay's silence is reason enough to go back sooner.
  const isRescue = load.limit(1) > 1 && changes.some((line) => /reached directly .* did not answer/.test(line));
  t.ok(isRescue || waitedMs > BETTER_FOR_MS - 1_000, `it is taken again after ${Math.round(waitedMs)} ms, not at once`);
  await check('with both ways', LONGEST_GAP_MS);
});

t.test('all but the way over two relays is cut', { skip, buffered: true }, async (t) => {
  const internet = await RelayInternet.make(t, { seed: 'two relays' });
  const { client, exit, relays } = internet;
  const { check } = await begin(t, internet, KNOWN_AFTER_MS);
  await Promise.all([
    internet.cable(client, exit, false),
    internet.cable(client, relays[1], false),
    internet.cable(relays[0], exit, false),
  ]);
  await internet.untilWay('2, 3');
  await internet.untilWay('3, 2', exit, client);
  await sleep(SETTLE_MS);
  await check('with one way left', TWO_RELAYS_GAP_MS);
  t.equal(await internet.addressAtSite(), exit.host.address, 'a new connection comes from the same exit');
});

/** What nodes logged of them, oldest first. */
function changesOfWay(...nodes: readonly MeshProcess[]): readonly string[] {
  const lines = nodes.flatMap(({ host, log }) => log.map(({ time, msg }) => [time, host.name, msg].join(': ')));
  return lines.filter((line) => / is reached .* now, /.test(line)).toSorted();
}

interface Begun {
  /** What became of the downloads since the last look. */
  readonly check: (when: string, longestGapMs: number) => Promise<void>;
}

/** Starts all nodes and, `idleMs` later, downloads. */
async function begin(t: Test, internet: RelayInternet, idleMs = 0): Promise<Begun> {
  await internet.start();
  let load = new MachineLoad();
  await sleep(idleMs);
  const held = await internet.programs.call(
    'hold',
    DOWNLOADS.map((path) => ({ host: internet.site, path })),
  );
  await sleep(SETTLE_MS);
  const check = async (when: string, longestGapMs: number): Promise<void> => {
    t.comment(`${when}: ${load.text}`);
    for (const [index, number] of held.entries()) {
      const state = await internet.programs.call('held', number);
      t.equal(state.ended, null, `${when}: ${DOWNLOADS[index]} is open`);
      t.ok(state.longestGapMs < load.limit(longestGapMs), `without bytes for ${Math.round(state.longestGapMs)} ms`);
    }
    load = new MachineLoad();
  };
  await check('before', LONGEST_GAP_MS);
  t.equal(await internet.way(), 'direct', 'begun on the direct way');
  return { check };
}
