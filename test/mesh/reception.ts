import t from 'tap';
import { Header, SEAL_BYTES } from '../../mesh/wire/header.ts';
import { KeyRing } from '../../mesh/wire/key-ring.ts';
import { MessageOpener } from '../../mesh/wire/message-opener.ts';
import { MessageSealer } from '../../mesh/wire/message-sealer.ts';
import { NetworkKeys } from '../../mesh/wire/network-keys.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { SOMEWHERE } from '../fixtures/stream-load.ts';
import { headerOf, nodeId } from '../fixtures/wire/nodes.ts';
import { seededRandom } from '../fixtures/wire/seeded-bytes.ts';
import type { FailingTest } from '../fixtures/sim/packet-flow.ts';
import { FakeLink } from './peering/fixtures/fake-link.ts';

const sodium = await loadSodium();

/** An exit that has heard nothing yet, and the first flight of a client to it. */
function fresh(t: FailingTest) {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  const flight: Uint8Array[] = [];
  sim.onPacket = (bytes) => flight.push(bytes);
  sim.network.setUp(client.host, exits[0]!.host, false);
  sim.pass(1);
  sim.onPacket = null;
  return { sim, exit: exits[0]!, client, hello: flight[0]! };
}

t.test('a HELLO is answered on its link, which is kept', async (t) => {
  const { exit, hello } = fresh(t);
  const link = new FakeLink();
  exit.mesh.receive(link, hello, 0);
  t.equal(link.sent.length, 1);
  t.ok(link.isKept);
  exit.mesh.receive(link, hello, 0);
  t.equal(link.sent.length, 1, 'once');
});

t.test('every truncation and every flipped byte gets silence', async (t) => {
  const { sim, exit, hello } = fresh(t);
  const link = new FakeLink();
  const persisted = exit.persisted;
  for (let length = 0; length < hello.length; length++) exit.mesh.receive(link, hello.subarray(0, length), 0);
  // Waste at the end is sealed by nothing.
  const header = new Header();
  new MessageOpener(sodium).openHeader(hello, 0, new KeyRing(new NetworkKeys(sodium, sim.networkKey)), header);
  for (let at = 0; at < hello.length - header.wasteBytes; at++) {
    const flipped = hello.slice();
    flipped[at]! ^= 0x10;
    exit.mesh.receive(link, flipped, 0);
  }
  t.equal(link.sent.length, 0);
  t.notOk(link.isKept);
  t.equal(exit.persisted, persisted);
  exit.mesh.receive(link, hello, 0);
  t.equal(link.sent.length, 1, 'the real one still counts');
});

t.test('messages stand back to back, up to the first byte that is none', async (t) => {
  const { exit, hello } = fresh(t);
  const link = new FakeLink();
  exit.mesh.receive(link, Buffer.concat([Uint8Array.of(1), hello]), 0);
  t.equal(link.sent.length, 0);
  exit.mesh.receive(link, Buffer.concat([hello, hello, Uint8Array.of(1)]), 0);
  t.equal(link.sent.length, 1);
});

/** Full messages of a client's upload that the exit has not received, and a way to give them to it in one piece. */
function upload(t: FailingTest) {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  untilUp(sim, client, exits);
  sim.pass(1_000);
  const sent: Uint8Array[] = [];
  sim.network.setUp(client.host, exit.host, false);
  sim.onPacket = (bytes, from) => {
    if (from === 'n100' && bytes.length === 1_232) sent.push(bytes);
  };
  client.do((mesh, nowMs) => mesh.openStream(exit.id, SOMEWHERE, nowMs).write(new Uint8Array(100_000)));
  sim.pass(20);
  const link = new FakeLink();
  const received = (): number => exit.mesh.nodes().find(({ id }) => id === client.id)!.bytesReceived;
  /** How many payload bytes a piece made of these brings. */
  const take = (...piece: readonly Uint8Array[]): number => {
    const before = received();
    exit.mesh.receive(link, Buffer.concat(piece), exit.nowMs);
    return received() - before;
  };
  return { sent, take, payloadBytes: 1_232 - SEAL_BYTES };
}

t.test('datagrams of one piece that a stranger mixed in cost themselves only', async (t) => {
  const { sent, take, payloadBytes } = upload(t);
  const next = (): Uint8Array => sent.shift()!;
  const random = seededRandom(2);
  const garbage = (bytes: number): Uint8Array => {
    const out = new Uint8Array(bytes);
    random.fill(out);
    return out;
  };
  t.ok(sent.length >= 9, `${sent.length} messages`);
  t.equal(take(garbage(1_232), sent[1]!), 0, 'where nothing was heard yet nothing is known of the lengths');
  t.equal(take(next()), payloadBytes);
  t.equal(take(next(), garbage(1_232), next(), garbage(700)), 2 * payloadBytes, 'in the middle');
  t.equal(take(garbage(1_232), garbage(1_232), next()), payloadBytes, 'at the beginning');
  t.equal(take(garbage(1_400), next()), payloadBytes, 'longer than ours');
  const old = next();
  t.equal(take(old), payloadBytes);
  t.equal(
    take(old.slice(0, 1_231), next()),
    0,
    'cut short: this one piece is lost, as no receiver joins such datagrams',
  );
  t.equal(take(Buffer.concat([old.slice(0, 200), garbage(1_032)]), next()), payloadBytes, 'a replayed beginning');
  const last = next();
  t.equal(take(...Array.from({ length: 70 }, () => garbage(1_232)), last), 0, 'after 64 misses the rest is dropped');
  t.equal(take(last), payloadBytes);
});

t.test('what has a route, another destination, or says it is this node itself is not taken', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  const network = new NetworkKeys(sodium, sim.networkKey);
  const sealer = new MessageSealer(sodium, seededRandom(1));
  const persisted = exit.persisted;
  const link = new FakeLink();
  const [one, two, hundred] = [nodeId(1), nodeId(2), nodeId(100)];
  const ids = { originKeyId: 1, destinationKeyId: 1 };
  const headers = [
    { keyLevel: 0, origin: hundred, destination: two },
    { keyLevel: 0, origin: one, destination: two },
    { keyLevel: 0, origin: one, destination: 0 },
    { keyLevel: 2, origin: hundred, destination: two, ...ids },
    { keyLevel: 2, origin: two, destination: one, ...ids },
    { keyLevel: 2, origin: hundred, relay1: two, destination: one, ...ids },
    { keyLevel: 2, origin: hundred, destination: one, ...ids },
  ] as const;
  for (const fields of headers) {
    const out = new Uint8Array(200);
    const header = headerOf({ ...fields, payloadBytes: 1, timeSeconds: 1_800_000_000 });
    const bytes = sealer.seal(out, 0, header, network, network.bootstrap);
    exit.mesh.receive(link, out.subarray(0, bytes), exit.nowMs);
  }
  exit.mesh.tick(exit.nowMs);
  t.equal(link.sent.length, 0);
  t.notOk(link.isKept);
  t.equal(exit.persisted, persisted);
});
