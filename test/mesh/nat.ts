// Nodes behind NATs get through to each other (PUNCH, PROTOCOL section 5), or by relays where they can't.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { linkOf, makeNatMesh, type NatMesh, type Way } from '../fixtures/nat-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const WAYS = ['none', 'full-cone', 'port-restricted', 'symmetric'] as const;

/**
 * How each pair ends up, the exit's NAT in the order of {@link WAYS}: one that gives each remote another port helps nobody
 * whose NAT lets only those ports in that were sent to.
 */
const ENDS: Readonly<Record<Way, readonly ('direct' | 'relay')[]>> = {
  none: ['direct', 'direct', 'direct', 'direct'],
  'full-cone': ['direct', 'direct', 'direct', 'direct'],
  'port-restricted': ['direct', 'direct', 'direct', 'relay'],
  symmetric: ['direct', 'direct', 'relay', 'relay'],
};

for (const client of WAYS) {
  for (const [index, exit] of WAYS.entries()) {
    t.test(`client: ${client}, exit: ${exit}: ${ENDS[client][index]}`, async (t) => {
      const mesh = makeNatMesh(t, sodium, { client, exit, relays: true, link: { delayMs: 20 } });
      const { sim } = mesh;
      t.ok(untilUp(sim, mesh.client, [mesh.exit], 10_000));
      t.comment(`up after ${Math.round(sim.network.nowMs)} ms by ${linkOf(mesh.client, mesh.exit)}`);
      t.ok(roundTripMs(sim, mesh.client, mesh.exit) < 500);
      const stream = new EchoStream(sim, mesh.client, mesh.exit);
      for (let turn = 0; turn < 100; turn++) {
        stream.send(1_000);
        sim.pass(200);
      }
      t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 5_000));
      t.same(stream.ends, []);
      t.match(linkOf(mesh.client, mesh.exit), ENDS[client][index] === 'relay' ? /^relay/ : /^udp:/);
    });
  }
}

/** Drops the messages between two nodes of which `isLost` says so, counted from 1. */
function drop({ sim, client, exit }: NatMesh, isLost: (message: number) => boolean): void {
  let count = 0;
  sim.network.setUp(client.host, exit.host, !isLost(1));
  sim.onPacket = (_bytes, from, to) => {
    if (![from, to].includes('n100') || ![from, to].includes('n50')) return;
    count++;
    // In effect from the next one on.
    sim.network.setUp(client.host, exit.host, !isLost(count + 1));
  };
}

for (const relays of [true, false]) {
  for (const [what, isLost, limitMs] of [
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((lost) => [`message ${lost}`, (count: number) => count === lost, 6_000] as const),
    ['all of the first two', (count: number) => count <= 2, 6_000],
    ['all of the first four', (count: number) => count <= 4, 8_000],
    ['all of the first six', (count: number) => count <= 6, 30_000],
  ] as const) {
    t.test(`of what gets through to each other ${what} is lost, ${relays ? 'with' : 'without'} a relay`, async (t) => {
      const ways = { client: 'port-restricted', exit: 'port-restricted' } as const;
      const mesh = makeNatMesh(t, sodium, { ...ways, relays, link: { delayMs: 20 } });
      const { sim, client, exit } = mesh;
      // A better way is used once it was better for ten seconds.
      const untilMs = relays ? limitMs + 12_000 : limitMs;
      drop(mesh, isLost);
      t.ok(!relays || untilUp(sim, client, [exit], 5_000));
      const stream = relays ? new EchoStream(sim, client, exit) : null;
      while (linkOf(client, exit)?.startsWith('udp:') !== true && sim.network.nowMs < untilMs) {
        stream?.send(1_000);
        sim.pass(200);
      }
      t.ok(sim.network.nowMs < untilMs);
      t.comment(`after ${Math.round(sim.network.nowMs)} ms`);
      t.ok(roundTripMs(sim, client, exit) < 500);
    });
  }
}

// Messages overtake each other, so that sessions begun directly and by the relay take each other's place.
for (const [seed, jitterMs] of [
  [22, 60],
  [2, 30],
  [6, 15],
] as const) {
  t.test(`round trips vary by ${jitterMs} ms and more (seed ${seed}): the direct way is found and used`, async (t) => {
    const link = { delayMs: 15, jitterMs, jitterShape: 'exponential' } as const;
    const mesh = makeNatMesh(t, sodium, { seed, client: 'symmetric', exit: 'full-cone', relays: true, link });
    const { sim, client, exit } = mesh;
    t.ok(untilUp(sim, client, [exit], 10_000));
    const stream = new EchoStream(sim, client, exit);
    while (linkOf(client, exit)?.startsWith('udp:') !== true && sim.network.nowMs < 60_000) {
      stream.send(1_000);
      sim.pass(300);
    }
    t.match(linkOf(client, exit), /^udp:/, `after ${Math.round(sim.network.nowMs)} ms`);
    t.same(stream.ends, []);
  });
}
