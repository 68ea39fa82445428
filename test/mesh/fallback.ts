// Ways that don't work, stop working, and come back.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import type { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();
const BOTH = ['udp', 'tcp'] as const;

/** Lets no datagram pass between two nodes any more; connections go on. */
function blockDatagrams(sim: SimMesh, a: SimNode, b: SimNode): void {
  sim.network.connect(a.host, b.host, { mtuBytes: 0 });
}

function linkOf(node: SimNode, other: SimNode): string | null {
  return node.mesh.nodes().find(({ id }) => id === other.id)?.link ?? null;
}

t.test('a server that listens by TCP only', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: ['tcp'] } });
  t.ok(untilUp(sim, client, exits));
  t.match(linkOf(client, exits[0]!), /^tcp:/);
  t.ok(roundTripMs(sim, client, exits[0]!) < 100);
});

t.test('UDP is tried first, and preferred', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH } });
  t.ok(untilUp(sim, client, exits));
  t.match(linkOf(client, exits[0]!), /^udp:/);
});

t.test('UDP is blocked: TCP is next after 250 ms', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH } });
  blockDatagrams(sim, client, exits[0]!);
  t.ok(untilUp(sim, client, exits));
  t.ok(sim.network.nowMs < 400, `${sim.network.nowMs} ms`);
  t.match(linkOf(client, exits[0]!), /^tcp:/);
});

t.test('UDP is refused: TCP is next at once', async (t) => {
  const { sim, exits } = makeSmallMesh(t, sodium, { exit: { listens: ['tcp'] } });
  const other = sim.add(101, { wantsExits: true, servers: [firstServer(exits[0]!, false, BOTH)] });
  t.ok(untilUp(sim, other, exits));
  t.ok(sim.network.nowMs < 100, `${sim.network.nowMs} ms`);
});

/** Lets datagrams pass again. */
function letDatagrams(sim: SimMesh, a: SimNode, b: SimNode): void {
  sim.network.connect(a.host, b.host, { mtuBytes: 1_500 });
}

/** Uses a stream for so long. */
function use(sim: SimMesh, stream: EchoStream, ms: number): void {
  for (const untilMs = sim.network.nowMs + ms; sim.network.nowMs < untilMs; sim.pass(500)) stream.send();
}

for (const isBlockedLater of [false, true]) {
  t.test(`UDP is tried again beside TCP once data flows, blocked ${isBlockedLater ? 'later' : 'first'}`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH } });
    const exit = exits[0]!;
    if (!isBlockedLater) blockDatagrams(sim, client, exit);
    t.ok(untilUp(sim, client, exits));
    const stream = new EchoStream(sim, client, exit);
    if (isBlockedLater) {
      use(sim, stream, 2_000);
      blockDatagrams(sim, client, exit);
    }
    use(sim, stream, 3_000);
    t.match(linkOf(client, exit), /^tcp:/);
    t.match(linkOf(exit, client), /^tcp:/);
    sim.pass(600_000);
    letDatagrams(sim, client, exit);
    sim.pass(600_000);
    t.match(linkOf(client, exit), /^tcp:/, 'not while it is idle');
    use(sim, stream, 8_000);
    t.match(linkOf(client, exit), /^udp:/);
    t.match(linkOf(exit, client), /^udp:/);
    sim.pass(1_000);
    t.match(client.notices.filter(({ code }) => code === 'path-changed').at(-1), {
      level: 'info',
      node: 1,
      message: /^node 1 is reached directly by UDP now, directly by TCP before: /,
    });
    t.ok(stream.isEven);
    t.same(stream.ends, []);
  });
}

t.test('UDP that stays blocked is tried ever more rarely', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH } });
  const exit = exits[0]!;
  blockDatagrams(sim, client, exit);
  t.ok(untilUp(sim, client, exits));
  t.match(linkOf(client, exit), /^tcp:/);
  const stream = new EchoStream(sim, client, exit);
  const { counters } = sim.network.link(client.host, exit.host);
  const before = counters.sent;
  use(sim, stream, 400_000);
  t.equal(counters.sent - before, 3, 'after 5, 25 and 105 s');
  letDatagrams(sim, client, exit);
  client.host.changeAddress('198.51.100.9');
  use(sim, stream, 10_000);
  t.match(linkOf(client, exit), /^udp:/, 'another network is tried at once');
});

t.test('UDP that loses much is left alone', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH } });
  const exit = exits[0]!;
  blockDatagrams(sim, client, exit);
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exit);
  sim.network.connect(client.host, exit.host, { mtuBytes: 1_500, lossRate: 0.7 });
  use(sim, stream, 60_000);
  t.match(linkOf(client, exit), /^tcp:/);
});

for (const direction of ['download', 'upload'] as const) {
  t.test(`UDP dies silently during a transfer, and TCP goes on: ${direction}`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH }, link: { rateMbps: 50 } });
    const exit = exits[0]!;
    t.ok(untilUp(sim, client, exits));
    if (direction === 'download') download(exit, 5_000_000);
    const stream = new EchoStream(sim, client, exit);
    if (direction === 'upload') stream.send(5_000_000);
    t.ok(sim.until(() => stream.receivedBytes > 1_000_000));
    blockDatagrams(sim, client, exit);
    const diedAtMs = sim.network.nowMs;
    sim.pass(150); // what is under way or queued arrives
    const received = stream.receivedBytes;
    t.ok(sim.until(() => stream.receivedBytes > received + 100_000 || stream.ends.length > 0, 10_000));
    t.comment(`it went on after ${sim.network.nowMs - diedAtMs} ms`);
    t.ok(sim.network.nowMs - diedAtMs < 2_000);
    t.match(linkOf(client, exit), /^tcp:/);
    t.ok(sim.until(() => stream.receivedBytes === 5_000_000, 20_000));
    t.same(stream.ends, []);
  });
}

/** The longest time without bytes from now on, to 50 ms. */
function longestGapMs(sim: SimMesh, stream: EchoStream, ms: number): number {
  let [longestMs, lastMs, bytes] = [0, sim.network.nowMs, stream.receivedBytes];
  for (const untilMs = lastMs + ms; sim.network.nowMs < untilMs; sim.pass(50)) {
    longestMs = Math.max(longestMs, sim.network.nowMs - lastMs);
    if (stream.receivedBytes > bytes) [lastMs, bytes] = [sim.network.nowMs, stream.receivedBytes];
  }
  return Math.round(longestMs);
}

for (const side of ['to', 'from'] as const) {
  for (const direction of ['download', 'upload'] as const) {
    t.test(`UDP dies in one direction, ${side} the exit: ${direction}`, async (t) => {
      for (const delayMs of [10, 25, 50, 100, 150]) {
        const link = { rateMbps: 8, delayMs };
        const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH }, link });
        const exit = exits[0]!;
        t.ok(untilUp(sim, client, exits));
        if (direction === 'download') download(exit, 50_000_000);
        const stream = new EchoStream(sim, client, exit);
        if (direction === 'upload') stream.send(50_000_000);
        sim.pass(3_000);
        const [from, to] = side === 'to' ? [client, exit] : [exit, client];
        sim.network.link(from.host, to.host).configure({ mtuBytes: 0 });
        const gapMs = longestGapMs(sim, stream, 10_000);
        t.ok(gapMs < 1_000 + 15 * delayMs, `${delayMs} ms each way: without bytes for ${gapMs} ms`);
        t.match(linkOf(client, exit), /^tcp:/);
        t.same(stream.ends, []);
      }
    });
  }
}

t.test('UDP to the exit dies in a session of hours, in which HELLOs were answered by PING', async (t) => {
  const link = { rateMbps: 8, delayMs: 150 };
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: BOTH }, link });
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_200_000);
  client.restart();
  t.ok(untilUp(sim, client, exits));
  sim.pass(3_960_000);
  const stream = new EchoStream(sim, client, exit);
  stream.send(50_000_000);
  sim.pass(3_000);
  sim.network.link(client.host, exit.host).configure({ mtuBytes: 0 });
  const gapMs = longestGapMs(sim, stream, 10_000);
  t.ok(gapMs < 3_250, `without bytes for ${gapMs} ms`);
  t.match(linkOf(client, exit), /^tcp:/);
});

for (const listens of [['udp'], ['tcp'], BOTH] as const) {
  t.test(`an exit's process dies and its system refuses: ${listens.join(' and ')}`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2, exit: { listens } });
    const exit = exits[1]!;
    t.ok(untilUp(sim, client, exits));
    const stream = new EchoStream(sim, client, exit);
    stream.send();
    t.ok(sim.until(() => stream.isEven));
    sim.pass(5_000);
    exit.kill('refusing');
    stream.send();
    const diedAtMs = sim.network.nowMs;
    t.ok(sim.until(() => stream.ends.length > 0, 10_000));
    t.comment(`noticed after ${sim.network.nowMs - diedAtMs} ms`);
    t.ok(sim.network.nowMs - diedAtMs <= 1_000);
    t.equal(client.stateOf(exit), 'down');
    sim.pass(20_000);
    exit.restart();
    t.ok(untilUp(sim, client, [exit], 61_000), 'it comes back');
  });
}

for (const listens of [['udp'], ['tcp'], BOTH] as const) {
  t.test(`an exit dies silently: ${listens.join(' and ')}`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2, exit: { listens } });
    const exit = exits[1]!;
    t.ok(untilUp(sim, client, exits));
    const stream = new EchoStream(sim, client, exit);
    // Something is always under way.
    for (let count = 0; count < 50; count++) {
      stream.send();
      sim.pass(100);
    }
    t.ok(stream.isEven);
    const lastMs = stream.lastAtMs;
    exit.kill('silently');
    while (stream.ends.length === 0 && sim.network.nowMs < lastMs + 20_000) {
      stream.send();
      sim.pass(50);
    }
    const tookMs = stream.endedAtMs - lastMs;
    t.ok(tookMs >= 4_500 && tookMs <= 6_000, `${tookMs} ms`);
    t.same(stream.ends, ['reset: session-gone']);
    t.equal(client.stateOf(exits[0]!), 'up', 'others are left alone');
    sim.pass(5_000);
    exit.restart();
    t.ok(untilUp(sim, client, [exit], 61_000), 'it comes back');
  });
}

t.test('a connection that ends is dialled again, and streams go on', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: ['tcp'] } });
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exit);
  stream.send(300_000);
  sim.pass(30);
  // The client's address changes, which a connection does not survive.
  client.host.changeAddress('198.51.100.9');
  t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 10_000));
  t.same(stream.ends, []);
});
