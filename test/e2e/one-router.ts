import t from 'tap';
import { EmulatedNetwork } from '../fixtures/namespaces/emulated-network.ts';
import { makeMesh } from '../fixtures/namespaces/make-mesh.ts';
import type { MeshProcess } from '../fixtures/namespaces/mesh-process.ts';
import { addNattedHost, addNeighbour, whyNoNat } from '../fixtures/namespaces/nat-router.ts';
import { startClientProgram, startWebServer } from '../fixtures/programs/start-programs.ts';

// A laptop and an exit at home, behind one router that does not lead back to its own address: they get a link inside.

t.setTimeout(120_000);
const WEB = '11.0.2.1';
const RESOLVER = '11.0.3.1';
const RELAY = '11.0.0.1';
const HOME = '11.0.5.1';
const SITE = 'site.example';
const PROXY_PORT = 1080;
const BYTES = 500_000;
/** One way, in ms. */
const MESH_MS = 15;
const SITE_MS = 3;

t.test('a laptop and an exit behind one router', { skip: await whyNoNat() }, async (t) => {
  const network = EmulatedNetwork.start(t, 'home');
  const web = await network.addHost('web', [WEB, RESOLVER]);
  const relay = await network.addHost('relay', [RELAY]);
  const exitHost = await addNattedHost(network, 'exit', HOME, 'port-restricted', { resolver: RESOLVER });
  const laptopHost = addNeighbour(network, exitHost, 'laptop', RESOLVER);
  await network.link(HOME, RELAY, { delayMs: MESH_MS });
  for (const near of [WEB, RESOLVER]) await network.link(HOME, near, { delayMs: SITE_MS });
  const [nodes, programs] = await Promise.all([
    makeMesh(network, [
      { host: relay, isExit: true, isRelay: true },
      { host: exitHost, isExit: true, listens: false },
      { host: laptopHost, proxyPort: PROXY_PORT },
    ]),
    startClientProgram(laptopHost.namespace, PROXY_PORT),
    startWebServer(web.namespace, { [SITE]: WEB }),
  ]);
  const [exit, laptop] = nodes.slice(1) as [MeshProcess, MeshProcess];
  await Promise.all(nodes.map((node) => node.start()));
  const linkOf = async (): Promise<string> =>
    (await laptop.nodes()).find(({ id }) => id === exit.id)?.link ?? 'no link';
  await laptop.until('the exit is up', (all) => all.some(({ id, state }) => id === exit.id && state === 'up'));
  t.match(await linkOf(), /^relay/, 'at first by the relay');
  await laptop.pin(SITE, exit.id);
  const [held] = await programs.call('hold', [{ host: SITE, path: '/drip' }]);
  const download = async (): Promise<void> => {
    const [page, file] = await programs.call('fetch', [{ host: SITE }, { host: SITE, path: `/bytes/${BYTES}` }]);
    const by = await linkOf();
    t.same([page!.code, page!.body], [0, HOME], `the site sees the router's address: ${by}`);
    t.same([file!.code, file!.bytes], [0, BYTES], `a download: ${by}`);
  };
  await download();
  const startedMs = performance.now();
  const inside = `udp://${exitHost.address}:`;
  await laptop.until('the link inside is used', (all) =>
    all.some(({ id, link }) => id === exit.id && link?.startsWith(inside) === true),
  );
  t.comment(`${await linkOf()} after ${Math.round(performance.now() - startedMs)} ms`);
  await download();
  t.match(await linkOf(), inside);
  t.equal((await programs.call('held', held!)).ended, null, 'what was open all the time still is');
  const [gossiped] = (await laptop.nodes()).filter(({ id }) => id === exit.id);
  t.same(gossiped?.addresses, [], 'its record does not name that address');
});
