// Downloads go on when links die, and go back when they are there again (PROTOCOL section 7).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { NonceLedger } from '../fixtures/nonce-ledger.ts';
import { leaveTwoRelays, makeRelayMesh, type RelayMesh, setLink, untilJoined, wayOf } from '../fixtures/relay-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';

const sodium = await loadSodium();
/** 1 MB a second. */
const RATE = { rateMbps: 8 } as const;

/** Lets time pass until a stream has so many more bytes; the longest time that none came, in ms, or Infinity. */
function longestGapMs({ sim }: RelayMesh, stream: EchoStream, moreBytes: number, limitMs = 20_000): number {
  const endBytes = stream.receivedBytes + moreBytes;
  const endMs = sim.network.nowMs + limitMs;
  let longestMs = 0;
  for (let seen = stream.receivedBytes, atMs = sim.network.nowMs; stream.receivedBytes < endBytes;) {
    if (sim.network.nowMs >= endMs || stream.ends.length > 0) return Infinity;
    sim.pass(5);
    if (stream.receivedBytes > seen) atMs = sim.network.nowMs;
    seen = stream.receivedBytes;
    longestMs = Math.max(longestMs, sim.network.nowMs - atMs);
  }
  return longestMs;
}

for (const [what, options] of [
  ['100 ms', { delayMs: 50 }],
  ['100 ms and 2 % loss', { delayMs: 50, lossRate: 0.02 }],
  ['200 ms', { delayMs: 100 }],
] as const) {
  t.test(`the direct link (${what}) dies in mid-download, and comes back`, async (t) => {
    const mesh = makeRelayMesh(t, sodium, { link: { ...RATE, delayMs: options.delayMs * 0.65 } });
    const { sim, exit, relays, client, routes } = mesh;
    sim.network.connect(client.host, exit.host, { ...RATE, ...options });
    download(exit, 400_000_000);
    t.ok(untilJoined(mesh));
    routes.set(exit, [], relays);
    t.ok(untilUp(sim, client, [exit]));
    const stream = new EchoStream(sim, client, exit);
    t.ok(longestGapMs(mesh, stream, 3_000_000) < 1_000);
    t.equal(wayOf(mesh), 'direct');
    setLink(mesh, client, exit, false);
    const gapMs = longestGapMs(mesh, stream, 4_000_000);
    t.comment(`${gapMs} ms without bytes`);
    t.ok(gapMs < 1_000, `${gapMs} ms without bytes`);
    t.equal(wayOf(mesh, exit, client), '11');
    setLink(mesh, client, exit, true);
    const backAtMs = sim.network.nowMs;
    t.ok(sim.until(() => wayOf(mesh, exit, client) === 'direct', 60_000));
    const waitedMs = sim.network.nowMs - backAtMs;
    t.comment(`back after ${waitedMs} ms`);
    t.ok(waitedMs >= 9_000, 'not before it was better for long enough');
    t.ok(longestGapMs(mesh, stream, 2_000_000) < 500);
    t.same(stream.ends, []);
    const moves = exit.notices.filter(({ code, node }) => code === 'path-changed' && node === client.id);
    t.match(
      moves.map(({ message }) => message),
      [
        /by relay 11 now, directly by UDP before: the way in use did not answer$/,
        /directly by UDP now, by relay 11 before: it has been better than the way in use for a while$/,
      ],
      'which is told',
    );
    t.same(
      client.notices.filter(({ code }) => code === 'peer-down'),
      [],
    );
  });
}

t.test('both direct links and one relay cut, one after the other and at once: two relays are left', async (t) => {
  for (const pauseMs of [8_000, 1_500, 0]) {
    const mesh = makeRelayMesh(t, sodium, { relays: 2, link: { ...RATE, delayMs: 30 } });
    const { sim, exit, relays, client, routes } = mesh;
    const [near, far] = relays as readonly [(typeof relays)[0], (typeof relays)[0]];
    download(exit, 200_000_000);
    t.ok(untilJoined(mesh));
    t.ok(sim.until(() => near.stateOf(far) === 'up' && far.stateOf(near) === 'up'));
    routes.set(exit, [], [near], [far], [near, far]);
    t.ok(untilUp(sim, client, [exit]));
    const stream = new EchoStream(sim, client, exit);
    t.ok(longestGapMs(mesh, stream, 2_000_000) < 1_000);
    leaveTwoRelays(mesh, near, far, pauseMs);
    const gapMs = longestGapMs(mesh, stream, 2_000_000);
    t.comment(`${pauseMs} ms apart: ${gapMs} ms without bytes`);
    t.ok(gapMs < (pauseMs === 0 ? 1_300 : 1_000), `${gapMs} ms without bytes`);
    t.equal(wayOf(mesh), '11, 12');
    t.equal(wayOf(mesh, exit, client), '12, 11');
    t.same(stream.ends, []);
  }
});

t.test('an upload goes on as well', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { ...RATE, delayMs: 30 } });
  const { sim, exit, relays, client, routes } = mesh;
  let cameBytes = 0;
  exit.onStream = (stream) => {
    stream.accept(stream.target, 1);
    stream.onEvent = () => {
      for (let piece = stream.read(); piece !== null; piece = stream.read()) cameBytes += piece.length;
    };
  };
  t.ok(untilJoined(mesh));
  routes.set(exit, [], relays);
  t.ok(untilUp(sim, client, [exit]));
  const stream = new EchoStream(sim, client, exit);
  stream.send(8_000_000);
  t.ok(sim.until(() => cameBytes > 2_000_000, 10_000));
  setLink(mesh, client, exit, false);
  const cutAtMs = sim.network.nowMs;
  const bytes = cameBytes + 100_000;
  t.ok(sim.until(() => cameBytes > bytes, 3_000));
  t.ok(sim.network.nowMs - cutAtMs < 1_000, `${sim.network.nowMs - cutAtMs} ms`);
  t.ok(sim.until(() => cameBytes === 8_000_000, 20_000));
});

t.test('a TCP link dies silently', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { ...RATE, delayMs: 30 }, transports: ['tcp'] });
  const { exit, relays, client, routes, sim } = mesh;
  download(exit, 100_000_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, [], relays);
  t.ok(untilUp(sim, client, [exit]));
  const stream = new EchoStream(sim, client, exit);
  t.ok(longestGapMs(mesh, stream, 2_000_000) < 1_000);
  setLink(mesh, client, exit, false);
  const gapMs = longestGapMs(mesh, stream, 2_000_000);
  t.comment(`${gapMs} ms without bytes`);
  // What waits in a connection is part of its round trip, so it has to be given longer.
  t.ok(gapMs < 2_000, `${gapMs} ms without bytes`);
  t.equal(wayOf(mesh, exit, client), '11');
});

t.test('a stream without data moves as well, when it is used', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { delayMs: 30 } });
  const { sim, exit, relays, client, routes } = mesh;
  exit.onStream = (stream) => {
    stream.accept(stream.target, 1);
    stream.onEvent = () => {
      for (let piece = stream.read(); piece !== null; piece = stream.read()) stream.write(piece);
    };
  };
  t.ok(untilJoined(mesh));
  routes.set(exit, [], relays);
  t.ok(untilUp(sim, client, [exit]));
  const stream = new EchoStream(sim, client, exit);
  stream.send();
  t.ok(sim.until(() => stream.isEven));
  sim.pass(20_000);
  setLink(mesh, client, exit, false);
  const sentAtMs = sim.network.nowMs;
  stream.send();
  t.ok(sim.until(() => stream.isEven, 3_000));
  t.ok(sim.network.nowMs - sentAtMs < 1_000, `${sim.network.nowMs - sentAtMs} ms`);
});

t.test('no nonce is sealed twice, whatever links come and go', async (t) => {
  const ledger = new NonceLedger(sodium);
  const mesh = makeRelayMesh(t, ledger.sodium, {
    relays: 2,
    seed: 7,
    link: { delayMs: 15, rateMbps: 10, lossRate: 0.05, jitterMs: 20, keepsOrder: false, duplicateRate: 0.05 },
    transports: ['udp', 'tcp'],
  });
  const { sim, exit, relays, client, routes } = mesh;
  const random = new SeededRandom(8);
  const [near, far] = relays as readonly [(typeof relays)[0], (typeof relays)[0]];
  download(exit, 300_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, [], [near], [far], [near, far]);
  const pairs = [
    [client, exit],
    [client, near],
    [client, far],
    [near, exit],
    [far, exit],
  ] as const;
  let complete = 0;
  for (let round = 0; round < 60; round++) {
    for (const [a, b] of pairs) setLink(mesh, a, b, random.next() < 0.6);
    if (random.next() < 0.1) client.host.remapPorts();
    if (random.next() < 0.05) [near, far, exit, client][random.integer(0, 3)]!.restart();
    const stream = client.stateOf(exit) === 'unknown' ? null : new EchoStream(sim, client, exit);
    sim.pass(random.next() * 6_000);
    if (stream?.receivedBytes === 300_000) complete++;
  }
  t.comment(`${ledger.sealed} sealed, ${complete} downloads`);
  t.ok(complete > 15);
  t.equal(ledger.repeated, 0);
});
