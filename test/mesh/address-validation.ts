// Who is sent how much before it has proven its address, and what happens when addresses change (PROTOCOL section 3).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { MessageDecoder } from '../fixtures/message-decoder.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { MESH_PORT } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();

t.test('a forged source is sent at most three times what came from it', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: {} });
  const exit = exits[0]!;
  download(exit, 1_000_000);
  const attacker = sim.network.addHost('attacker');
  const captured: Uint8Array[] = [];
  // The client's first flight goes astray, and comes from elsewhere.
  sim.onPacket = (bytes, from) => {
    if (from === 'n100') captured.push(bytes);
  };
  sim.network.setUp(client.host, exit.host, false);
  sim.pass(8_000);
  const socket = attacker.udp();
  let cameBytes = 0;
  let sentBytes = 0;
  socket.onDatagram = (_from, bytes) => (cameBytes += bytes.length);
  t.ok(captured.length >= 4);
  for (const bytes of captured) {
    socket.send(sim.network.address(exit.host.ip, MESH_PORT), bytes);
    sentBytes += bytes.length;
    sim.pass(100);
    t.ok(cameBytes <= 3 * sentBytes, `${cameBytes} for ${sentBytes} bytes`);
  }
  t.ok(cameBytes > 0);
  sim.pass(60_000);
  t.ok(cameBytes <= 3 * sentBytes, 'nor later');
});

t.test('a session is not led away by whoever sends its packets from elsewhere first', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  const attacker = sim.network.addHost('attacker');
  const socket = attacker.udp();
  let cameBytes = 0;
  let sentBytes = 0;
  const decoder = new MessageDecoder(sodium);
  decoder.learn(sim.networkKey);
  const levels = new Set<number>();
  socket.onDatagram = (_from, bytes) => {
    cameBytes += bytes.length;
    levels.add(decoder.header(bytes)!.keyLevel);
  };
  // On the client's way, all is taken and sent on from another address.
  download(exit, 300_000);
  const stream = new EchoStream(sim, client, exit);
  sim.onPacket = (bytes, from) => {
    if (from !== 'n100') return;
    sentBytes += bytes.length;
    socket.send(sim.network.address(exit.host.ip, MESH_PORT), bytes);
  };
  sim.network.link(client.host, exit.host).up = false;
  sim.pass(4_000);
  sim.onPacket = null;
  t.ok(sentBytes > 0);
  t.ok(cameBytes <= 3 * sentBytes, `${cameBytes} for ${sentBytes} bytes`);
  t.same([...levels], [0], 'nothing of the session but the question whether it is there');
  sim.network.link(client.host, exit.host).up = true;
  t.ok(sim.until(() => stream.receivedBytes === 300_000 || stream.ends.length > 0, 5_000));
  t.same(stream.ends, []);
});

for (const lossRate of [0, 0.2]) {
  for (const change of ['ports', 'address'] as const) {
    t.test(`a NAT gives the client another ${change} during a transfer, ${lossRate * 100} % loss`, async (t) => {
      const { sim, exits, client } = makeSmallMesh(t, sodium, { seed: 51, link: { rateMbps: 20 } });
      const exit = exits[0]!;
      download(exit, 4_000_000);
      t.ok(untilUp(sim, client, exits));
      sim.network.connect(client.host, exit.host, { lossRate });
      const stream = new EchoStream(sim, client, exit);
      let longestMs = 0;
      for (let turn = 0; turn < 4; turn++) {
        t.ok(sim.until(() => stream.receivedBytes > turn * 900_000, 30_000));
        const lastMs = stream.lastAtMs;
        const received = stream.receivedBytes;
        if (change === 'ports') client.host.remapPorts();
        else client.host.changeAddress(`198.51.100.${turn}`);
        t.ok(sim.until(() => stream.receivedBytes > received, 5_000));
        longestMs = Math.max(longestMs, sim.network.nowMs - lastMs);
      }
      t.ok(sim.until(() => stream.receivedBytes === 4_000_000, 60_000));
      t.same(stream.ends, []);
      t.comment(`the longest pause was ${longestMs} ms`);
    });
  }
}

t.test('the answer to the CHALLENGE gets lost', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  download(exit, 200_000);
  // The first level 2 packet carries the RESPONSE.
  const decoder = new MessageDecoder(sodium);
  decoder.learn(sim.networkKey);
  const link = sim.network.link(client.host, exit.host);
  sim.onPacket = (bytes, from) => {
    if (from !== 'n1' || decoder.header(bytes)?.keyLevel !== 0) return;
    sim.onPacket = null;
    sim.network.queue.at(sim.network.nowMs + 9, () => link.configure({ lossRate: 1 }));
    sim.network.queue.at(sim.network.nowMs + 11, () => link.configure({ lossRate: 0 }));
  };
  t.ok(sim.until(() => client.stateOf(exit) === 'up', 3_000));
  const stream = new EchoStream(sim, client, exit);
  t.ok(
    sim.until(() => stream.receivedBytes === 200_000, 3_000),
    'it is not stuck at three times what came',
  );
});
