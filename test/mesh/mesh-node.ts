import t from 'tap';
import { MeshNode } from '../../mesh/mesh-node.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { echo, EchoStream } from '../fixtures/echo-stream.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';
import { seededBytes } from '../fixtures/wire/seeded-bytes.ts';
import { nodeOptions } from './fixtures/node-options.ts';
import { FakeLink } from './peering/fixtures/fake-link.ts';

const sodium = await loadSodium();
const SITE = { host: { type: 'name', name: 'site.example' }, port: 443 } as const;

t.test('the incarnation grows, whatever the clock shows', async (t) => {
  const first = new MeshNode(nodeOptions(sodium)).persisted();
  t.equal(first.incarnation, 1_800_000_000);
  const second = new MeshNode(nodeOptions(sodium, { persisted: first })).persisted();
  t.equal(second.incarnation, 1_800_000_001);
  const third = new MeshNode(nodeOptions(sodium, { persisted: second, wallMs: 5 })).persisted();
  t.equal(third.incarnation, 1_800_000_002);
  const lost = new MeshNode(nodeOptions(sodium, { wallMs: 1_800_000_100_000 })).persisted();
  t.equal(lost.incarnation, 1_800_000_100);
});

t.test('a node alone wants to be saved, and wakes up for its keys only', async (t) => {
  const node = new MeshNode(nodeOptions(sodium));
  t.ok(node.takeEvents().some(({ type }) => type === 'persist'));
  t.same(node.takeEvents(), []);
  t.equal(node.wakeAtMs, 3_600_000);
  t.same(node.nodes(), []);
  t.throws(() => node.openStream(nodeId(9), SITE, 0), RangeError);
  node.ping(nodeId(9), 0);
  t.same(node.takeEvents(), []);
});

t.test('streams are awaited by who wants the peer, until ten minutes after they were used', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  const awaits = (node = client): boolean => node.mesh.awaitsStreams(node.nowMs);
  t.notOk(awaits(), 'there are none');
  echo(exit);
  const stream = new EchoStream(sim, client, exit);
  stream.send();
  t.ok(sim.until(() => stream.isEven));
  t.ok(awaits());
  t.notOk(awaits(exit));
  sim.pass(599_000);
  t.ok(awaits());
  sim.pass(1_000);
  t.notOk(awaits());
  stream.send();
  t.ok(sim.until(() => stream.isEven));
  t.ok(awaits());
  client.do(() => stream.stream.reset('reset-by-near'));
  sim.pass(1_000);
  t.notOk(awaits());
});

t.test('a link that nobody asked for is closed', async (t) => {
  const node = new MeshNode(nodeOptions(sodium));
  const link = new FakeLink();
  node.linkOpened(77, link, 0);
  t.ok(link.isClosed);
  node.linkWritable(link, 0);
  node.linkClosed(link, 'ended', 0);
});

t.test('lengths of messages are measured, of this mesh only', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const packets: Uint8Array[] = [];
  sim.onPacket = (bytes) => packets.push(bytes);
  t.ok(untilUp(sim, client, exits));
  for (const packet of packets.slice(0, 4)) {
    const shifted = new Uint8Array(packet.length + 5);
    shifted.set(packet, 5);
    t.equal(exits[0]!.mesh.measure(shifted, 5), packet.length);
    t.equal(exits[0]!.mesh.measure(shifted, 4), 0);
  }
  t.equal(exits[0]!.mesh.measure(seededBytes(1, 64), 0), 0);
});

t.test('a ping is answered by a pong', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { link: { delayMs: 30 } });
  t.ok(untilUp(sim, client, exits));
  client.do((mesh, nowMs) => mesh.ping(exits[0]!.id, nowMs));
  t.ok(sim.until(() => client.pongsMs.length > 0, 1_000));
  t.ok(client.pongsMs[0]! >= 60 && client.pongsMs[0]! < 70);
});

t.test('streams that are used between calls wake it up', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exits[0]!);
  t.ok(sim.until(() => stream.isOpened, 1_000));
  sim.pass(1_000);
  let wakes = 0;
  const before = client.mesh.onWakeChanged;
  client.mesh.onWakeChanged = () => {
    wakes++;
    before();
  };
  stream.stream.write(new Uint8Array(10));
  t.equal(wakes, 1);
  stream.stream.write(new Uint8Array(10));
  t.equal(wakes, 1, 'once');
  t.ok(client.mesh.wakeAtMs <= sim.network.nowMs);
  t.ok(sim.until(() => stream.receivedBytes === 20, 1_000));
});

t.test('closing is for ever', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  const stream = new EchoStream(sim, client, exits[0]!);
  t.ok(sim.until(() => stream.isOpened, 1_000));
  client.do((mesh, nowMs) => mesh.close(nowMs));
  client.do((mesh, nowMs) => mesh.close(nowMs));
  t.equal(client.mesh.wakeAtMs, Infinity);
  sim.pass(100);
  t.same(stream.ends, ['reset: shutting-down']);
  t.equal(exits[0]!.stateOf(client), 'down', 'GOODBYE was said');
  let sent = 0;
  sim.onPacket = (_bytes, from) => (sent += from === 'n100' ? 1 : 0);
  const link = new FakeLink();
  client.do((mesh, nowMs) => mesh.linkOpened(1, link, nowMs));
  t.ok(link.isClosed);
  client.mesh.receive(link, new Uint8Array(100), sim.network.nowMs);
  client.mesh.tick(sim.network.nowMs);
  sim.pass(60_000);
  t.equal(sent, 0);
});
