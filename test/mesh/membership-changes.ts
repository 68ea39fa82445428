// Who is in and who is out: keys that don't fit, numbers twice, revocations, and changes of the network key.
import t from 'tap';
import { parseNodeId } from '../../config/node-id.ts';
import { encodeKeyChange, signKeyChange } from '../../mesh/gossip/key-change.ts';
import { encodeRevocation, signRevocation } from '../../mesh/gossip/revocation.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { roundTripMs, untilWorksMs } from '../fixtures/echo-stream.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import type { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode, SimNodeOptions } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();
const DAY_S = 86_400;

function isKnown(node: SimNode, id: number): boolean {
  return node.mesh.nodes().some((other) => other.id === id);
}

function revocation(sim: SimMesh, id: number, upToSerial: number): Uint8Array {
  return encodeRevocation(signRevocation(sodium, sim.admin.secretKey, { id: parseNodeId(id)!, upToSerial }));
}

function keyChange(sim: SimMesh, serial: number, networkKey: Uint8Array, graceS: number, by: SimNode): Uint8Array {
  const oldKeyEndsAtS = Math.floor(by.wallMs / 1_000) + graceS;
  return encodeKeyChange(signKeyChange(sodium, sim.admin.secretKey, { serial, networkKey, oldKeyEndsAtS }));
}

const strangers: Record<string, (sim: SimMesh) => SimNodeOptions> = {
  'another network key': (sim) => ({ networkKey: sim.bytes('other', 32) }),
  'a certificate of another admin': (sim) => ({ adminSeed: sim.bytes('other', 32) }),
};

for (const [what, options] of Object.entries(strangers)) {
  t.test(`a node with ${what} gets silence`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium);
    const exit = exits[0]!;
    t.ok(untilUp(sim, client, exits));
    sim.pass(1_000);
    const persisted = exit.persisted;
    const stranger = sim.add(77, { wantsExits: true, servers: [firstServer(exit)], ...options(sim) });
    sim.pass(60_000);
    t.equal(sim.network.link(exit.host, stranger.host).counters.sent, 0);
    t.equal(exit.persisted, persisted);
    t.notOk(isKnown(exit, 77));
  });
}

t.test('of two identities with one number one is in, everywhere the same', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3 });
  t.ok(untilUp(sim, client, exits));
  const first = sim.add(50, { wantsExits: true, servers: [firstServer(exits[0]!)] });
  t.ok(untilUp(sim, first, exits));
  const second = sim.add(50, { identity: 'b', wantsExits: true, servers: [firstServer(exits[1]!)] });
  sim.pass(60_000);
  const winners = [first, second].filter((node) => exits.every((exit) => node.stateOf(exit) === 'up'));
  t.equal(winners.length, 1);
  // Who came later with a higher serial displaces the other.
  const third = sim.add(50, { identity: 'c', serial: 2, wantsExits: true, servers: [firstServer(exits[1]!)] });
  t.ok(untilUp(sim, third, exits));
  sim.pass(30_000);
  t.ok(exits.every((exit) => third.stateOf(exit) === 'up'));
  for (const exit of exits) t.equal(exit.mesh.nodes().find(({ id }) => id === 50)?.name, 'n50c');
});

t.test('a revoked node is out within five seconds, everywhere and for good', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3 });
  t.ok(untilUp(sim, client, exits));
  const bad = sim.add(66, { exit: true, listens: ['udp'], servers: [firstServer(exits[0]!)], wantsExits: true });
  t.ok(untilUp(sim, bad, exits));
  t.ok(untilUp(sim, client, [bad]));
  t.notOk(
    exits[1]!.do((mesh, nowMs) => mesh.admit(new Uint8Array(70), 'revocation', nowMs)),
    'a forgery is not taken',
  );
  t.ok(exits[1]!.do((mesh, nowMs) => mesh.admit(revocation(sim, 66, 1), 'revocation', nowMs)));
  const others = [...exits, client];
  t.ok(sim.until(() => others.every((node) => !isKnown(node, 66)), 5_000));
  t.comment(`after ${sim.network.nowMs} ms`);
  for (let round = 0; round < 3; round++) {
    bad.restart({ isStateLost: round === 1 });
    for (const node of others) node.restart({ isStateLost: round === 2 && node === client });
    sim.pass(30_000);
    for (const node of others) t.notOk(isKnown(node, 66));
  }
  t.notOk(
    exits[0]!.do((mesh, nowMs) => mesh.admit(revocation(sim, 66, 1), 'revocation', nowMs)),
    'known already',
  );
  // The number can be given again.
  bad.kill('silently');
  const good = sim.add(66, {
    identity: 'new',
    serial: 2,
    exit: true,
    listens: ['udp'],
    servers: [firstServer(exits[0]!)],
  });
  t.ok(sim.until(() => others.every((node) => isKnown(node, 66)), 10_000));
  t.ok(untilUp(sim, client, [good]));
});

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`the network key changes: ${transport}`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3, exit: { listens: [transport] } });
    t.ok(untilUp(sim, client, exits));
    const [first, second, third] = exits as [SimNode, SimNode, SimNode];
    const late = sim.add(101, { wantsExits: true, servers: [firstServer(first, false, [transport])] });
    const later = sim.add(102, { wantsExits: true, servers: [firstServer(first, false, [transport])] });
    t.ok(untilUp(sim, late, exits));
    t.ok(untilUp(sim, later, exits));
    sim.pass(1_000);
    late.kill('silently');
    later.kill('silently');
    third.kill('silently');
    const newKey = sim.bytes('new network', 32);
    sim.decode(newKey);
    const change = keyChange(sim, 1, newKey, DAY_S, second);
    t.ok(second.do((mesh, nowMs) => mesh.admit(change, 'key-change', nowMs)));
    sim.pass(5_000);
    for (const node of [first, second, client]) t.ok(node.notices.some(({ code }) => code === 'key-changed'));
    t.equal(client.notices.filter(({ code, node }) => code === 'peer-down' && node !== 3).length, 0, 'sessions go on');
    t.ok(roundTripMs(sim, client, first) < 100);

    // Who was off comes back, restarted nodes stay, and one with the new key alone gets in.
    third.restart();
    t.ok(untilWorksMs(sim, client, third, 70_000) < 70_000, 'an exit that was off');
    late.restart();
    t.ok(untilUp(sim, late, exits, 20_000), 'a client that was off');
    t.ok(untilWorksMs(sim, late, first, 5_000) < 5_000);
    const joined = sim.add(103, {
      wantsExits: true,
      servers: [firstServer(first, false, [transport])],
      networkKey: newKey,
    });
    t.ok(untilUp(sim, joined, exits, 10_000), 'a client that was invited since');
    first.restart();
    client.restart();
    t.ok(untilWorksMs(sim, client, first, 10_000) < 10_000);

    // The old key ends.
    sim.pass(DAY_S * 1_000);
    for (const node of [client, late, joined]) t.ok(untilWorksMs(sim, node, second, 10_000) < 10_000);
    const before = sim.network.link(first.host, later.host).counters.sent;
    later.restart();
    sim.pass(30_000);
    t.equal(sim.network.link(first.host, later.host).counters.sent, before, 'who missed it gets silence');
    t.not(later.stateOf(first), 'up');
  });
}
