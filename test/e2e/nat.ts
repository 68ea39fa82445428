import t from 'tap';
import { NatInternet } from '../fixtures/namespaces/nat-internet.ts';
import { whyNoNat } from '../fixtures/namespaces/nat-router.ts';

// Exits and laptops behind NATs of all kinds: they get through to each other where that is possible, and by a relay elsewhere.

t.setTimeout(80_000);
const BYTES = 2_000_000;

/** Between which NATs a way can be opened: not where one shows each remote another port and the other lets no other ports in. */
function isOpenable(one: string, other: string): boolean {
  const isStrict = (kind: string): boolean => kind !== 'full-cone';
  return !(one === 'symmetric' && isStrict(other)) && !(other === 'symmetric' && isStrict(one));
}

t.test('downloads by exits behind NATs', { skip: await whyNoNat() }, async (t) => {
  const internet = await NatInternet.make(t, {
    exits: ['full-cone', 'port-restricted', 'symmetric'],
    clients: ['port-restricted', 'symmetric'],
  });
  const startedMs = performance.now();
  const sinceMs = (): number => Math.round(performance.now() - startedMs);
  await internet.start();
  t.comment(`all exits are up ${sinceMs()} ms after the start`);
  for (const { kind, node, programs } of internet.clients) {
    for (const exit of internet.exits) {
      const pair = `${kind} to ${exit.kind}`;
      await node.pin(exit.site, exit.node.id);
      const [page, download] = await programs.call('fetch', [
        { host: exit.site },
        { host: exit.site, path: `/bytes/${BYTES}` },
      ]);
      t.same([page!.code, page!.body], [0, exit.outerAddress], `${pair}: the site sees the address of the exit's NAT`);
      t.same(
        [download!.code, download!.bytes],
        [0, BYTES],
        `${pair}: a download in ${Math.round(download!.endedMs)} ms`,
      );
      const shown = (await node.nodes()).find(({ id }) => id === exit.node.id)?.link;
      t.match(shown, isOpenable(kind, exit.kind) ? /^udp:/ : /^relay 2/, `${pair}: ${shown}`);
    }
  }
});
