import t from 'tap';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../../fixtures/echo-stream.ts';
import { MessageDecoder } from '../../fixtures/message-decoder.ts';
import { makeSmallMesh, type SmallMesh, untilUp } from '../../fixtures/small-mesh.ts';

const sodium = await loadSodium();

/** When HELLOs leave the client from now on. */
function watchHellos({ sim }: SmallMesh): number[] {
  const decoder = new MessageDecoder(sodium);
  decoder.learn(sim.networkKey);
  const atMs: number[] = [];
  sim.onPacket = (bytes, from) => {
    if (from === 'n100' && /HELLO/.test(decoder.describe(bytes) ?? '')) atMs.push(sim.network.nowMs);
  };
  return atMs;
}

t.test('every second probe that is not answered brings a HELLO, by the link in use', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  t.ok(untilUp(sim, client, exits));
  sim.pass(2_000);
  const hellos = watchHellos(mesh);
  sim.network.setUp(client.host, exits[0]!.host, false);
  const sentAtMs = sim.network.nowMs;
  new EchoStream(sim, client, exits[0]!).send();
  t.ok(sim.until(() => hellos.length > 0, 2_000));
  const ms = sim.network.nowMs - sentAtMs;
  t.ok(ms > 60 && ms < 400, `the first after ${ms} ms`);
  sim.pass(3_000);
  t.ok(hellos.length >= 4, `${hellos.length} in three seconds`);
});

t.test('a new process of the peer is found by it, and then it is quiet', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  t.ok(untilUp(sim, client, exits));
  sim.pass(2_000);
  exits[0]!.restart();
  t.ok(roundTripMs(sim, client, exits[0]!, 5_000) === Infinity, 'the old session is gone');
  t.ok(untilUp(sim, client, exits, 5_000));
  sim.pass(1_000);
  const hellos = watchHellos(mesh);
  sim.pass(600_000);
  t.equal(hellos.length, 0);
});

t.test('a new ephemeral key is announced each hour, once it is there until it is known', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  t.ok(untilUp(sim, client, exits));
  const hellos = watchHellos(mesh);
  sim.pass(3_500_000);
  t.equal(hellos.length, 0);
  sim.pass(200_000);
  t.ok(hellos.length >= 1 && hellos.length <= 3, `${hellos.length}`);
  t.ok(roundTripMs(sim, client, exits[0]!) < 100);
});
