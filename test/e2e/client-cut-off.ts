import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// The client's own cable is out, for longer than sites wait for an exit that is gone. No exit is to blame for it.

t.setTimeout(240_000);
const OUT_MS = 37_000;
/** Between the first packets from one exit and from the next, once it is in again. */
const BETWEEN_MS = 2_000;
const BACK_WITHIN_MS = 70_000;
const skip = await whyNoNamespaces();

t.test('sites keep their exits when the client was cut off', { skip }, async (t) => {
  const internet = await ExitInternet.make(t, { seed: 'uplink' });
  const { client, exits, network, programs } = internet;
  await internet.start();
  const addresses = exits.map(({ host }) => host.address);
  t.same(await Promise.all(SITES.map((host) => internet.addressAt(host))), addresses, 'each site has its exit');
  const cable = (address: string, isUp: boolean) => network.link(client.host.address, address, {}, isUp);

  await Promise.all(addresses.map((address) => cable(address, false)));
  const outMs = performance.now();
  const reached = SITES.map((host) => untilReached(host));
  await sleep(OUT_MS);
  t.ok(
    (await client.nodes()).every(({ state }) => state === 'down'),
    'all exits seem to be down',
  );
  // Those that were tried at another time, or whose HELLO got lost, are there later than others.
  for (const address of addresses.toReversed()) {
    await cable(address, true);
    await sleep(BETWEEN_MS);
  }
  for (const [index, { address, afterMs }] of (await Promise.all(reached)).entries()) {
    t.equal(address, addresses[index], `reached from the exit it had, ${Math.round(afterMs - OUT_MS)} ms after`);
  }
  t.same(client.logged('a site moved to another exit'), [], 'no site has moved');
  t.same(await internet.strayTraffic(), [], "nothing but the mesh's traffic left the client's machine");
  t.same(await internet.clientsQuestions(), [], 'no name was asked for there');

  /** Asks over and over, as a page that somebody reloads. */
  async function untilReached(host: string): Promise<{ readonly address: string; readonly afterMs: number }> {
    for (;;) {
      const [fetched] = await programs.call('fetch', [{ host }]);
      const afterMs = performance.now() - outMs;
      if (fetched?.code === 0 && fetched.error === null) return { address: fetched.body, afterMs };
      if (afterMs > OUT_MS + BACK_WITHIN_MS) throw new Error(`${host} was not reached any more`);
      await sleep(250);
    }
  }
});
