import t from 'tap';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../../fixtures/echo-stream.ts';
import { makeSmallMesh, untilUp } from '../../fixtures/small-mesh.ts';
import { MESH_PORT } from '../../fixtures/sim-node.ts';

const sodium = await loadSodium();

t.test('what answered last is remembered over a restart', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: ['udp', 'tcp'] } });
  const exit = exits[0]!;
  sim.network.connect(client.host, exit.host, { mtuBytes: 0 });
  t.ok(untilUp(sim, client, exits));
  t.equal(client.mesh.persisted().peers['1']?.lastGood, `tcp://${exit.host.ip}:${MESH_PORT}`);
  client.restart();
  const startMs = sim.network.nowMs;
  t.ok(untilUp(sim, client, exits));
  t.ok(sim.network.nowMs - startMs < 200, 'TCP is first now');
});

t.test('GOODBYE is followed by a pause', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  exit.do((mesh, nowMs) => mesh.close(nowMs));
  sim.pass(50);
  t.equal(client.stateOf(exit), 'down');
  let dials = 0;
  sim.onPacket = (_bytes, from) => (dials += from === 'n100' ? 1 : 0);
  sim.pass(900);
  t.equal(dials, 0);
  exit.restart();
  t.ok(untilUp(sim, client, exits, 1_000));
});

t.test('a wanted peer that dialled itself and vanished again is dialled', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2, exit: { listens: ['udp'], wantsExits: true } });
  const [first, second] = [exits[0]!, exits[1]!];
  t.ok(untilUp(sim, client, exits));
  t.ok(untilUp(sim, first, [second]));
  sim.pass(2_000);
  for (let round = 0; round < 10; round++) {
    // Its new process dies between its HELLO and anything more, then is back without knowing whom to dial.
    second.restart();
    sim.pass(15 + round);
    second.kill('silently');
    sim.pass(2_000);
    second.restart({ isStateLost: true, options: { servers: [], wantsExits: false } });
    t.ok(untilUp(sim, first, [second], 30_000), `round ${round}`);
    second.restart({ options: { wantsExits: true } });
    t.ok(untilUp(sim, first, [second], 30_000));
    sim.pass(2_000);
  }
});

t.test('a lost path is replaced while the session waits', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: ['tcp'] } });
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  // A middlebox resets the connection.
  client.host.remapPorts();
  const stream = new EchoStream(sim, client, exit);
  stream.send();
  t.ok(sim.until(() => stream.isEven, 3_000));
  t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, 0);
});

t.test('session numbers and peers must be saved before they are used', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  t.ok(roundTripMs(sim, client, exits[0]!) < 100);
  for (const node of [client, exits[0]!]) t.equal(JSON.stringify(node.saved), node.persisted);
});
