// Long silences, and how little an idle mesh does.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { makeQuietStream, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;

for (const clock of ['stood', 'ran'] as const) {
  for (const sentBy of ['client', 'exit', 'nobody'] as const) {
    t.test(`a client that slept for thirty minutes goes on: the clock ${clock}, ${sentBy} had sent`, async (t) => {
      const { sim, exit, client, stream } = makeQuietStream(t, sodium);
      if (sentBy !== 'nobody') stream.send(200_000);
      if (sentBy === 'exit') sim.pass(25);
      client.sleep();
      sim.pass(30 * MINUTE_MS);
      t.equal(exit.stateOf(client) === 'down', false, 'the exit waits');
      client.wakeUp(clock);
      stream.send();
      t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 10_000));
      t.same(stream.ends, []);
      t.ok(roundTripMs(sim, client, exit) < 1_000);
    });
  }
}

t.test('a client that slept and woke up elsewhere goes on', async (t) => {
  const { sim, client, stream } = makeQuietStream(t, sodium);
  client.sleep();
  sim.pass(30 * MINUTE_MS);
  client.host.changeAddress('198.51.100.1');
  client.wakeUp('stood');
  stream.send();
  t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 3_000));
  t.same(stream.ends, []);
});

t.test('a server gives a silent client up after two hours, not before', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exit);
  stream.send(200_000);
  sim.pass(25);
  client.kill('silently');
  sim.pass(119 * MINUTE_MS);
  t.not(exit.stateOf(client), 'down');
  sim.pass(2 * MINUTE_MS);
  t.equal(exit.stateOf(client), 'down');
});

t.test('an idle client with ten exits', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 10 });
  t.ok(untilUp(sim, client, exits));
  for (const exit of exits) roundTripMs(sim, client, exit);
  sim.pass(10 * MINUTE_MS);
  let packets = 0;
  let bytes = 0;
  sim.onPacket = (packet, from, to) => {
    if (from !== 'n100' && to !== 'n100') return;
    packets++;
    bytes += packet.length;
  };
  const ticks = client.ticks;
  const minutes = 30;
  sim.pass(minutes * MINUTE_MS);
  const perMinute = (count: number): number => Math.round((10 * count) / minutes) / 10;
  t.comment(
    `a minute: ${perMinute(client.ticks - ticks)} ticks, ${perMinute(packets)} packets, ${perMinute(bytes)} bytes`,
  );
  t.ok(client.ticks - ticks <= minutes * 60, 'at most one wake-up a second');
  t.ok(bytes <= minutes * 3_000, 'under 3 KB a minute');
  t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, 0);
});

t.test('a thousand idle streams cost no more wake-ups than one', async (t) => {
  const cost = (streams: number): { readonly client: number; readonly exit: number; readonly bytes: number } => {
    const { sim, exits, client } = makeSmallMesh(t, sodium);
    const exit = exits[0]!;
    t.ok(untilUp(sim, client, exits));
    const held = Array.from({ length: streams }, () => new EchoStream(sim, client, exit));
    for (const stream of held) stream.send(10);
    t.ok(sim.until(() => held.every((stream) => stream.isEven)));
    sim.pass(MINUTE_MS);
    const before = { client: client.ticks, exit: exit.ticks };
    let bytes = 0;
    sim.onPacket = (packet) => (bytes += packet.length);
    sim.pass(30 * MINUTE_MS);
    t.ok(held.every((stream) => stream.ends.length === 0));
    return { client: client.ticks - before.client, exit: exit.ticks - before.exit, bytes };
  };
  const one = cost(1);
  const thousand = cost(1_000);
  t.comment(`in 30 minutes: ${JSON.stringify(one)} for one, ${JSON.stringify(thousand)} for a thousand`);
  t.ok(thousand.client <= one.client * 1.1 && thousand.exit <= one.exit * 1.1);
  t.ok(thousand.bytes <= one.bytes * 1.2);
  t.ok(one.client <= 30 * 10, 'and one wakes the client seldom');
});

t.test('a client whose exits are all gone is quiet, too', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 10 });
  t.ok(untilUp(sim, client, exits));
  for (const exit of exits) exit.kill('silently');
  sim.pass(30 * MINUTE_MS);
  let bytes = 0;
  sim.onPacket = (packet) => (bytes += packet.length);
  const ticks = client.ticks;
  sim.pass(30 * MINUTE_MS);
  t.comment(`a minute: ${Math.round((client.ticks - ticks) / 30)} ticks, ${Math.round(bytes / 30)} bytes`);
  t.ok(client.ticks - ticks <= 30 * 60 * 2);
});
