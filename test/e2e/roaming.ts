import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// The client's machine gets another address in the middle of downloads.

t.setTimeout(240_000);
t.jobs = 2;
const NEW_ADDRESS = '11.0.0.77';
const SETTLE_MS = 2_000;
/** The longest time without bytes. Neither kind of link notices by itself: the machine's addresses tell. */
const MAX_GAP_MS = 2_000;
const RATE_MBPS = 5;
const skip = await whyNoNamespaces();

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`${transport}: downloads go on from another address`, { skip, buffered: true }, async (t) => {
    const internet = await ExitInternet.make(t, { seed: 'roaming', transport });
    const { client, exits, network, programs } = internet;
    await internet.start();
    for (const { host } of exits) {
      await network.link(client.host.address, host.address, { rateMbps: RATE_MBPS });
      await network.link(NEW_ADDRESS, host.address, { delayMs: 15, rateMbps: RATE_MBPS });
    }
    const before = await Promise.all(SITES.map((host) => internet.addressAt(host)));
    const held = await programs.call(
      'hold',
      SITES.map((host) => ({ host, path: '/bytes/1000000000' })),
    );
    await sleep(SETTLE_MS);
    const atMove = await Promise.all(held.map((number) => programs.call('held', number)));
    const load = new MachineLoad();
    await network.moveHost(client.host, NEW_ADDRESS);
    await sleep(3 * SETTLE_MS);
    for (const [index, number] of held.entries()) {
      const { ended, longestGapMs, bytes } = await programs.call('held', number);
      t.equal(ended, null, `${SITES[index]}: open`);
      t.ok(longestGapMs < load.limit(MAX_GAP_MS), `without bytes for ${Math.round(longestGapMs)} ms; ${load.text}`);
      t.comment(
        `${atMove[index]!.bytes} bytes in ${SETTLE_MS} ms before, ${bytes - atMove[index]!.bytes} in ${3 * SETTLE_MS} ms after`,
      );
    }
    t.same(await Promise.all(SITES.map((host) => internet.addressAt(host))), before, 'sites see the same addresses');
    t.same(await internet.strayTraffic(), [], "nothing but the mesh's traffic left the client's machine");
    t.same(await internet.clientsQuestions(), [], 'no name was asked for there');
  });
}
