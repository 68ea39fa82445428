import t from 'tap';
import { ExitInternet, SITES } from '../fixtures/namespaces/exit-internet.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// A restart is no reason for a site to see another address: not of the client, not of the exit, in order or by force.

t.setTimeout(240_000);
/** A site waits so long for its exit. */
const SUSPENDED_MS = 30_000;
/** A pin is on the disk so soon (docs/EXITS.md). */
const PIN_SAVED_MS = 2_000;
const skip = await whyNoNamespaces();

t.test('sites keep their addresses over restarts', { skip }, async (t) => {
  const internet = await ExitInternet.make(t, { seed: 'restart' });
  const { client, exits } = internet;
  await internet.start();
  const addresses = exits.map(({ host }) => host.address);
  t.same(await Promise.all(SITES.map((host) => internet.addressAt(host))), addresses, 'each site has its exit');
  await new Promise((resolve) => setTimeout(resolve, PIN_SAVED_MS + 500));

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await client.stop(signal);
    await client.start();
    // At once: the exits are not even connected, and which one connects first is chance.
    const after = await Promise.all(SITES.map((host) => internet.addressAt(host)));
    t.same(after, addresses, `the client ended by ${signal} and started`);

    const [exit] = exits;
    const [held] = await internet.programs.call('hold', [{ host: SITES[0], path: '/drip' }]);
    await exit.stop(signal);
    const startedMs = performance.now();
    const starting = exit.start();
    // What asks meanwhile waits, or is refused; it never gets another exit.
    const seen = new Set<string>();
    let refused = 0;
    while (seen.size === 0 && performance.now() - startedMs < SUSPENDED_MS) {
      const [fetched] = await internet.programs.call('fetch', [{ host: SITES[0] }]);
      if (fetched?.code === 0 && fetched.error === null) seen.add(fetched.body);
      else refused++;
    }
    await starting;
    const backMs = Math.round(performance.now() - startedMs);
    t.same([...seen], [addresses[0]], `the exit ended by ${signal} and started`);
    t.comment(`the site was reached ${backMs} ms after the exit's end by ${signal}, ${refused} connections refused`);
    t.match(await internet.programs.call('heldEnded', held!), { ended: 'ECONNRESET' }, 'what was open is reset');
  }
  const pins = await client.sites();
  t.same(
    pins.map(({ moves }) => moves.length),
    [0, 0, 0],
    'no site has moved',
  );
  t.same(client.logged('a site moved to another exit'), []);
  t.same(await internet.strayTraffic(), [], "nothing but the mesh's traffic left the client's machine");
  t.same(await internet.clientsQuestions(), [], 'no name was asked for there');
});
