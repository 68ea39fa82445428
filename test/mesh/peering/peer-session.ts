import t from 'tap';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { download, EchoStream, roundTripMs } from '../../fixtures/echo-stream.ts';
import { makeSmallMesh, untilUp } from '../../fixtures/small-mesh.ts';

const sodium = await loadSodium();

function traffic(node: { mesh: { nodes(): readonly { bytesSent: number; bytesReceived: number }[] } }) {
  return node.mesh.nodes()[0]!;
}

t.test('both sides count the same bytes', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  t.ok(roundTripMs(sim, client, exits[0]!) < 100);
  sim.pass(1_000);
  t.equal(traffic(client).bytesSent, traffic(exits[0]!).bytesReceived);
  t.equal(traffic(client).bytesReceived, traffic(exits[0]!).bytesSent);
});

t.test('the round trip is known before anything was acknowledged, and after the session', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { link: { delayMs: 40 } });
  t.ok(sim.until(() => client.mesh.nodes().some(({ rttMs }) => rttMs !== null), 1_000));
  t.equal(client.mesh.nodes()[0]?.rttMs, 80, 'from HELLO and its answer');
  t.ok(untilUp(sim, client, exits));
  exits[0]!.do((mesh, nowMs) => mesh.close(nowMs));
  sim.pass(1_000);
  t.ok(client.mesh.nodes()[0]!.rttMs! >= 80);
});

t.test('a HELLO long after the first one does not count as a long round trip', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  sim.pass(10_000);
  // The exit's new process answers a HELLO that follows unanswered probes, on the link that is there.
  exits[0]!.restart();
  const stream = new EchoStream(sim, client, exits[0]!);
  t.ok(sim.until(() => stream.ends.length > 0, 3_000));
  t.ok(untilUp(sim, client, exits, 1_000));
  t.ok(client.mesh.nodes()[0]!.rttMs! < 30, `${client.mesh.nodes()[0]!.rttMs} ms`);
});

t.test('what is in flight on a path that the peer left goes by the new one', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, {
    exit: { listens: ['udp', 'tcp'] },
    link: { rateMbps: 100 },
  });
  const exit = exits[0]!;
  download(exit, 3_000_000);
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes > 500_000, 5_000));
  sim.network.connect(client.host, exit.host, { mtuBytes: 0 });
  const diedAtMs = sim.network.nowMs;
  t.ok(sim.until(() => stream.receivedBytes === 3_000_000, 10_000));
  t.ok(sim.network.nowMs - diedAtMs < 3_000, `${sim.network.nowMs - diedAtMs} ms`);
});

t.test('streams that were opened before there was a session are in the first one', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  client.restart();
  const streams = Array.from({ length: 20 }, () => new EchoStream(sim, client, exits[0]!));
  for (const stream of streams) stream.send();
  t.ok(sim.until(() => streams.every(({ isEven }) => isEven), 1_000));
});

t.test('a stream to a node that nobody can reach is reset', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  exits[0]!.kill('silently');
  client.restart();
  const stream = new EchoStream(sim, client, exits[0]!);
  t.ok(sim.until(() => stream.ends.length > 0, 6_000));
  t.same(stream.ends, ['reset: session-gone']);
  t.ok(sim.network.nowMs - stream.openedAtMs >= 4_500);
});
