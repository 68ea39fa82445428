import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { contextSwitches } from '../fixtures/namespaces/context-switches.ts';
import { EmulatedNetwork } from '../fixtures/namespaces/emulated-network.ts';
import { makeMesh, type MeshMember } from '../fixtures/namespaces/make-mesh.ts';
import { whyNoNamespaces } from '../fixtures/namespaces/why-no-namespaces.ts';

// A client with sessions to ten servers and nothing to do: how often it wakes up, as the kernel counts it.

t.setTimeout(700_000);
const SERVERS = 10;
/** Sessions are looked at ever more rarely, every 110 s in the end. */
const SETTLE_MS = 240_000;
const MEASURED_S = 300;

t.test('an idle client', { skip: await whyNoNamespaces() }, async (t) => {
  const network = EmulatedNetwork.start(t, 'idle');
  const addresses = Array.from({ length: SERVERS }, (_, index) => `11.0.1.${index + 1}`);
  const machine = await network.addHost('servers', addresses);
  const home = await network.addHost('client', ['11.0.0.1']);
  const servers = addresses.map((address, index): MeshMember => ({
    host: { ...machine, name: `server-${index + 1}`, address },
    isExit: true,
  }));
  const nodes = await makeMesh(network, [...servers, { host: home, proxyPort: 1080 }]);
  await Promise.all(nodes.map((node) => node.start()));
  const client = nodes.at(-1)!;
  await client.untilUp(...servers.map((_, index) => index + 1));
  await sleep(SETTLE_MS);

  const before = contextSwitches(client.pid);
  await network.clearCounts();
  await sleep(1_000 * MEASURED_S);
  const after = contextSwitches(client.pid);
  const { flows } = await network.traffic(home);
  let switches = 0;
  for (const [thread, count] of after) {
    const more = count - (before.get(thread) ?? 0);
    switches += more;
    if (more > 0) t.comment(`${thread}: ${more}`);
  }
  t.comment(`${flows.reduce((sum, { packets }) => sum + packets, 0)} packets sent`);
  t.ok(switches < MEASURED_S, `${switches} context switches in ${MEASURED_S} s`);
  t.ok((await client.nodes()).every(({ state }) => state === 'up'));
});
