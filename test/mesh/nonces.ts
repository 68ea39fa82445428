// No nonce is sealed twice under one key (PROTOCOL section 1), whatever happens to nodes and packets.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream } from '../fixtures/echo-stream.ts';
import { NonceLedger } from '../fixtures/nonce-ledger.ts';
import { makeSmallMesh } from '../fixtures/small-mesh.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';

const sodium = await loadSodium();

t.test('the ledger notices', async (t) => {
  const ledger = new NonceLedger(sodium);
  const seal = (nonce: number): void =>
    ledger.sodium.aeadSeal(
      new Uint8Array(1),
      new Uint8Array(16),
      new Uint8Array(1),
      new Uint8Array(0),
      new Uint8Array(24).fill(nonce),
      new Uint8Array(32),
    );
  seal(1);
  seal(2);
  t.equal(ledger.repeated, 0);
  seal(1);
  t.equal(ledger.repeated, 1);
});

t.test('through losses, restarts, sleeps, new addresses, rotations and several links', async (t) => {
  const ledger = new NonceLedger(sodium);
  const { sim, exits, client } = makeSmallMesh(t, ledger.sodium, {
    seed: 21,
    exits: 3,
    link: { lossRate: 0.1, jitterMs: 30, keepsOrder: false, duplicateRate: 0.05, delayMs: 15 },
    exit: { listens: ['udp', 'tcp'], wantsExits: true },
  });
  const random = new SeededRandom(22);
  const nodes = [client, ...exits];
  let even = 0;
  for (let round = 0; round < 60; round++) {
    const node = nodes[random.integer(0, nodes.length - 1)]!;
    switch (random.integer(0, 7)) {
      case 0:
        node.restart({ isStateLost: random.next() < 0.3 });
        break;
      case 1:
        node.kill(random.next() < 0.5 ? 'silently' : 'refusing');
        sim.pass(random.next() * 10_000);
        node.restart();
        break;
      case 2:
        client.host.remapPorts();
        break;
      case 3:
        sim.network.setUp(client.host, exits[0]!.host, false);
        sim.pass(random.next() * 8_000);
        sim.network.setUp(client.host, exits[0]!.host, true);
        break;
      case 4:
        client.sleep();
        sim.pass(random.next() * 7_200_000);
        client.wakeUp(random.next() < 0.5 ? 'stood' : 'ran');
        break;
      case 5:
        sim.pass(3_600_000);
    }
    sim.pass(2_000);
    const streams = exits.filter((exit) => client.stateOf(exit) !== 'unknown');
    const opened = streams.map((exit) => new EchoStream(sim, client, exit));
    for (const stream of opened) stream.send(random.integer(1, 100_000));
    sim.pass(random.next() * 5_000);
    even += opened.filter((stream) => stream.isEven).length;
  }
  t.comment(`${ledger.sealed} messages sealed, ${even} streams echoed`);
  t.ok(even > 80);
  t.ok(ledger.sealed > 20_000);
  t.equal(ledger.repeated, 0);
});
