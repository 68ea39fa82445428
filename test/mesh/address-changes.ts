// Machines that get other addresses, lose their network and get it back, while somebody downloads.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { makeSmallMesh, type SmallMeshOptions, untilUp } from '../fixtures/small-mesh.ts';
import type { FailingTest } from '../fixtures/sim/packet-flow.ts';
import type { SimNode } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();
const BOTH = ['udp', 'tcp'] as const;
const BYTES = 24_000_000;

/** A client in the middle of a download, by UDP unless told. */
function midDownload(t: FailingTest & { ok(value: boolean): boolean }, options: SmallMeshOptions = {}) {
  const mesh = makeSmallMesh(t, sodium, { seed: 61, link: { rateMbps: 20, delayMs: 50 }, ...options });
  const { sim, exits, client } = mesh;
  const exit = exits[0]!;
  download(exit, BYTES);
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes > 500_000, 20_000));
  return { ...mesh, exit, stream };
}

/** How long no byte comes after something happens, in ms; Infinity for ten seconds. */
function pauseMs({ sim, stream }: ReturnType<typeof midDownload>, happen: () => void): number {
  const { network } = sim;
  happen();
  network.run({ untilMs: network.nowMs }); // nothing of before arrives any more
  const fromMs = stream.lastAtMs;
  const received = stream.receivedBytes;
  if (!sim.until(() => stream.receivedBytes > received || stream.ends.length > 0, 10_000)) return Infinity;
  return stream.ends.length > 0 ? Infinity : network.nowMs - fromMs;
}

for (const listens of [['udp'], ['tcp'], BOTH] as const) {
  for (const tells of [true, false]) {
    for (const looks of listens === BOTH ? [tells] : [true, false]) {
      const how = `${listens.join(' and ')}, sockets ${tells ? 'tell' : 'are silent'}, addresses ${looks ? 'show' : 'do not show'}`;
      t.test(`the client gets another address: ${how}`, async (t) => {
        const bench = midDownload(t, { exit: { listens } });
        bench.client.host.tellsUnreachable = tells;
        bench.client.looksAround = looks;
        for (const ip of ['198.51.100.1', '198.51.100.2', '198.51.100.3']) {
          const tookMs = pauseMs(bench, () => bench.client.host.replaceAddress(ip));
          t.comment(`${Math.round(tookMs)} ms`);
          t.ok(tookMs < (looks ? 1_000 : 2_000), `${tookMs} ms`);
          bench.sim.pass(1_000);
        }
        t.ok(bench.sim.until(() => bench.stream.receivedBytes === BYTES, 60_000));
        t.same(bench.stream.ends, []);
      });
    }
  }
}

t.test('the network is away for three seconds', async (t) => {
  const bench = midDownload(t, { exit: { listens: BOTH } });
  const { sim, client, stream } = bench;
  client.host.replaceAddress(null);
  sim.pass(3_000);
  const tookMs = pauseMs(bench, () => client.host.replaceAddress('198.51.100.1')) - 3_000;
  t.comment(`${Math.round(tookMs)} ms after it was back`);
  t.ok(tookMs < 1_000, `${tookMs} ms`);
  t.same(stream.ends, []);
});

for (const transport of BOTH) {
  for (const silentS of [0.2, 1, 2, 4]) {
    t.test(`a network that fades for ${silentS} s has another one beside it: ${transport}`, async (t) => {
      const bench = midDownload(t, { exit: { listens: [transport] } });
      const { sim, exit, client, stream } = bench;
      const fadingIp = client.host.ip;
      client.looksAround = false;
      sim.network.setUp(client.host, exit.host, false);
      sim.pass(silentS * 1_000);
      const tookMs = pauseMs(bench, () => {
        // What leaves from the old address goes nowhere, though the machine still has it.
        client.host.replaceAddress('198.51.100.5');
        sim.network.setUp(client.host, exit.host, true);
        client.do((mesh, nowMs) => mesh.setLocalAddresses([fadingIp, '198.51.100.5'], nowMs));
      });
      t.comment(`${Math.round(tookMs - silentS * 1_000)} ms after it was there`);
      t.ok(tookMs - silentS * 1_000 < 1_000, `${tookMs} ms`);
      t.same(stream.ends, []);
    });
  }

  for (const awayS of [0.4, 1, 4, 12, 60]) {
    t.test(`no address for ${awayS} s, and nothing tells: ${transport}`, async (t) => {
      const bench = midDownload(t, { exit: { listens: [transport] } });
      const { sim, client, stream } = bench;
      client.host.tellsUnreachable = false;
      client.host.replaceAddress(null);
      sim.pass(awayS * 1_000);
      const tookMs = pauseMs(bench, () => client.host.replaceAddress('198.51.100.5')) - awayS * 1_000;
      t.comment(`${Math.round(tookMs)} ms after it was back`);
      t.ok(tookMs < (awayS < 10 ? 1_000 : 2_000), `${tookMs} ms`);
      t.same(stream.ends, []);
    });
  }
}

/** A mesh whose client has been without network for so long that pauses between dials have grown. */
function longAway(t: FailingTest & { ok(value: boolean): boolean }, exits = 3) {
  const mesh = makeSmallMesh(t, sodium, { seed: 62, exits, exit: { listens: BOTH } });
  const { sim, client } = mesh;
  t.ok(untilUp(sim, client, mesh.exits));
  const streams = mesh.exits.map((exit) => new EchoStream(sim, client, exit));
  return { ...mesh, streams };
}

t.test('all are dialled at once when there is an address again after a long time', async (t) => {
  const { sim, exits, client, streams } = longAway(t);
  client.host.replaceAddress(null);
  for (const stream of streams) stream.send();
  sim.pass(20 * 60_000);
  t.ok(
    exits.every((exit) => client.stateOf(exit) === 'suspect'),
    'nobody is dead for that',
  );
  client.host.replaceAddress('198.51.100.1');
  // Nothing tells that it is there but that somebody looks.
  t.ok(roundTripMs(sim, client, exits[0]!) < 2_000);
  t.ok(untilUp(sim, client, exits, 2_000), 'the others are back, too');
  t.same(
    streams.flatMap(({ ends }) => ends),
    [],
  );
});

t.test('the network is back without a change of addresses: whoever answers first ends the pauses of all', async (t) => {
  const { sim, exits, client, streams } = longAway(t);
  for (const exit of exits) sim.network.setUp(client.host, exit.host, false);
  for (const stream of streams) stream.send();
  sim.pass(20 * 60_000);
  t.ok(exits.every((exit) => client.stateOf(exit) === 'down'));
  for (const exit of exits) sim.network.setUp(client.host, exit.host, true);
  t.ok(roundTripMs(sim, client, exits[1]!) < 500);
  t.ok(untilUp(sim, client, exits, 500));
});

t.test('a server that is dead is not dialled more often because another comes and goes', async (t) => {
  const { sim, exits, client } = longAway(t, 2);
  const [flapping, dead] = exits as [SimNode, SimNode];
  dead.kill('silently');
  new EchoStream(sim, client, dead).send();
  sim.pass(10 * 60_000);
  t.equal(client.stateOf(dead), 'down');
  let packets = 0;
  sim.onPacket = (_bytes, from, to) => (packets += from === 'n100' && to === 'n2' ? 1 : 0);
  for (let turn = 0; turn < 60; turn++) {
    sim.network.setUp(client.host, flapping.host, turn % 2 === 0);
    const stream = new EchoStream(sim, client, flapping);
    stream.send();
    sim.pass(10_000);
  }
  t.comment(`${packets} packets in ten minutes`);
  t.ok(packets < 60 * 12);
});

t.test('an exit gets another address: clients hear of it from others and follow', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3 });
  t.ok(untilUp(sim, client, exits));
  const moving = exits[2]!;
  t.ok(roundTripMs(sim, client, moving) < 500);
  sim.pass(60_000);
  moving.kill('silently');
  new EchoStream(sim, client, moving).send();
  sim.pass(10 * 60_000);
  t.equal(client.stateOf(moving), 'down');
  moving.host.changeAddress('198.51.100.7');
  moving.restart();
  const movedAtMs = sim.network.nowMs;
  t.ok(untilUp(sim, client, [moving], 5_000));
  t.comment(`${sim.network.nowMs - movedAtMs} ms`);
  t.ok(roundTripMs(sim, client, moving) < 500);
});
