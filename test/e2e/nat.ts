import t from 'tap';
import { NatInternet, type NattedClient } from '../fixtures/namespaces/nat-internet.ts';
import { whyNoNat } from '../fixtures/namespaces/nat-router.ts';

// Exits and laptops behind NATs of all kinds: they get through to each other where that is possible, and by a relay elsewhere.

t.setTimeout(240_000);
const BYTES = 500_000;
/** What each NAT is taken for: nobody can tell from outside whom it lets in. */
const CLASSES = { 'full-cone': 'easy', 'port-restricted': 'easy', symmetric: 'symmetric' } as const;

t.test('downloads by exits behind NATs', { skip: await whyNoNat() }, async (t) => {
  const internet = await NatInternet.make(t, {
    exits: ['full-cone', 'port-restricted', 'symmetric'],
    clients: ['full-cone', 'port-restricted', 'symmetric'],
  });
  const { exits, clients } = internet;
  const startedMs = performance.now();
  const sinceMs = (): number => Math.round(performance.now() - startedMs);
  await internet.start();
  t.comment(`all exits are up ${sinceMs()} ms after the start`);

  const useAll = async (client: NattedClient): Promise<void> => {
    const { kind, node, programs } = client;
    for (const exit of exits) await node.pin(exit.site, exit.node.id);
    const held = await programs.call(
      'hold',
      exits.map(({ site }) => ({ host: site, path: '/drip' })),
    );
    t.notOk(held.includes(-1), `${kind}: connections by all exits`);
    const openable = internet.openableFrom(client);
    await internet.untilDirect(client, openable);
    t.comment(`${kind}: direct links ${sinceMs()} ms after the start`);
    for (const exit of exits) {
      const pair = `${kind} to ${exit.kind}`;
      const [page, download] = await programs.call('fetch', [
        { host: exit.site },
        { host: exit.site, path: `/bytes/${BYTES}` },
      ]);
      t.same(
        [page!.code, page!.body],
        [0, exit.router.address],
        `${pair}: the site sees the address of the exit's NAT`,
      );
      t.same([download!.code, download!.bytes], [0, BYTES], `${pair}: a download`);
      const way = openable.includes(exit) ? /^udp:/ : /^relay 2/;
      // What a busy machine answers late may go by the relay for a while, and it learns of others' NATs late.
      const nodes = await node.until(`${pair}: ${way}`, (all) =>
        all.some(({ id, link, natClass }) => id === exit.node.id && way.test(link ?? '') && natClass !== 'unknown'),
      );
      const shown = nodes.find(({ id }) => id === exit.node.id);
      t.match(shown?.link, way, `${pair}: ${shown?.link}`);
      t.equal(shown?.natClass, CLASSES[exit.kind], `${exit.kind}: ${shown?.natClass}`);
    }
    for (const number of held) t.equal((await programs.call('held', number)).ended, null, `${kind}: still open`);
  };
  await Promise.all(clients.map(useAll));
});
