import t from 'tap';
import { MachineLoad } from '../fixtures/machine-load.ts';
import { EmulatedNetwork } from '../fixtures/namespaces/emulated-network.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';
import { startClientProgram, startWebServer } from '../fixtures/programs/start-programs.ts';

// The emulator between real kernels: what it was told is what programs see.

const NEAR = '11.0.0.1';
const FAR = '11.0.0.2';
const MEGABYTE = 1_000_000;

t.test('two hosts', { skip: await whyNoNamespaces() }, async (t) => {
  const network = EmulatedNetwork.start(t, 'two hosts');
  const near = await network.addHost('near', [NEAR]);
  const far = await network.addHost('far', [FAR, '11.0.0.3']);
  await startWebServer(far.namespace);
  const client = await startClientProgram(near.namespace);
  const direct = (path: string, host = FAR) => client.call('direct', { host, path });

  const load = new MachineLoad();
  await network.link(NEAR, FAR, { delayMs: 40 });
  const page = await direct('/');
  t.equal(page.body, NEAR, 'the page says who asked');
  t.ok(page.repliedMs >= 80, `a round trip of 80 ms took ${page.repliedMs.toFixed(1)} ms`);
  t.ok((await direct('/', '11.0.0.3')).repliedMs < load.limit(80), "another address's link is another");

  await network.link(NEAR, FAR, { delayMs: 5, rateMbps: 20 });
  const limited = await direct(`/bytes/${2 * MEGABYTE}`);
  const mbps = (limited.bytes * 8) / (limited.endedMs * 1000);
  t.ok(mbps > 12 / load.limit(1) && mbps < 20, `${mbps.toFixed(1)} of 20 Mbit/s`);

  await network.link(NEAR, FAR, { delayMs: 0, rateMbps: 100_000, lossRate: 0.02 });
  await network.clearCounts();
  t.equal((await direct(`/bytes/${4 * MEGABYTE}`)).bytes, 4 * MEGABYTE);
  const down = (await network.counts()).find(({ from, to }) => from === FAR && to === NEAR)!;
  // The last ones may still be on their way, and some that were when the counts were cleared have come since.
  const underWay = down.sent - down.lost - down.delivered;
  t.ok(down.lost > 0 && Math.abs(underWay) < 20, `${down.lost} of ${down.sent} lost, ${underWay} under way`);
  const { flows, otherPackets } = await network.traffic(near);
  t.equal(otherPackets, 0);
  t.same(
    flows.map(({ source, destination, protocol, destinationPort }) => [source, destination, protocol, destinationPort]),
    [[NEAR, FAR, 6, 80]],
    'nothing else left the host',
  );

  await network.link(NEAR, FAR, { lossRate: 0 }, false);
  const cut = direct('/');
  await network.clearCounts();
  await network.link(NEAR, FAR, {}, true);
  t.equal((await cut).body, NEAR, 'a cable that was out for a moment');
});
