import t from 'tap';
import { LinkCarrier } from '../../../mesh/peering/link-carrier.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

/** A carrier whose seal writes the path, the packet number and the waste into the message's first bytes. */
function make(options: { reliable?: boolean; maxMessageBytes?: number } = {}, waste = 0) {
  const link = new FakeLink(options);
  const peerLink = new PeerLink(link, endpoint('udp'));
  let canSeal = true;
  const carrier = new LinkCarrier(
    peerLink,
    5,
    (out, offset, pathId, packetNumber, payloadBytes, wasteBytes) => {
      if (!canSeal) return 0;
      out.set([pathId, packetNumber, wasteBytes], offset);
      return 64 + payloadBytes + wasteBytes;
    },
    () => waste,
  );
  return { link, peerLink, carrier, loseKeys: () => (canSeal = false) };
}

t.test('what fits', async (t) => {
  t.equal(make().carrier.maxPayloadBytes, 1_168);
  t.equal(make({ reliable: true }).carrier.maxPayloadBytes, 65_472);
  t.equal(make({ reliable: true, maxMessageBytes: 200_000 }).carrier.maxPayloadBytes, 65_535);
  t.equal(make().carrier.overheadBytes, 64);
  t.ok(make({ reliable: true }).carrier.reliable);
});

t.test('messages of one size go together, a shorter one ends the batch', async (t) => {
  const { link, carrier } = make();
  const full = new Uint8Array(1_168).fill(7);
  for (let packetNumber = 0; packetNumber < 3; packetNumber++) carrier.send(packetNumber, full);
  t.equal(link.sent.length, 0);
  carrier.send(3, full.subarray(0, 100));
  t.equal(link.sent.length, 1);
  const { bytes, messageBytes } = link.sent[0]!;
  t.equal(messageBytes, 1_232);
  t.equal(bytes.length, 3 * 1_232 + 164);
  t.same([...bytes.subarray(1_232, 1_235)], [5, 1, 0]);
  t.same(bytes.subarray(1_232 + 64, 2 * 1_232), full);
  carrier.flush();
  t.equal(link.sent.length, 1);
  t.equal(link.lent, 0);
});

t.test('a longer one begins the next batch', async (t) => {
  const { link, carrier } = make();
  carrier.send(0, new Uint8Array(100));
  carrier.send(1, new Uint8Array(200));
  carrier.flush();
  t.same(
    link.sent.map(({ bytes, messageBytes }) => [bytes.length, messageBytes]),
    [
      [164, 164],
      [264, 264],
    ],
  );
});

t.test('no batch is longer than a UDP send or the kernel allows', async (t) => {
  for (const payloadBytes of [10, 1_168]) {
    const { link, carrier } = make();
    for (let packetNumber = 0; packetNumber < 200; packetNumber++)
      carrier.send(packetNumber, new Uint8Array(payloadBytes));
    carrier.flush();
    t.equal(
      link.sent.reduce((sum, { bytes }) => sum + bytes.length, 0),
      200 * (64 + payloadBytes),
    );
    for (const { bytes, messageBytes } of link.sent) {
      t.ok(bytes.length <= 65_507);
      t.ok(Math.ceil(bytes.length / messageBytes) <= 64);
    }
  }
});

t.test('reliable links get messages of all sizes back to back', async (t) => {
  const { link, carrier } = make({ reliable: true }, 31);
  for (const size of [10, 1_000, 20]) carrier.send(size, new Uint8Array(size));
  carrier.send(1, new Uint8Array(65_000));
  carrier.flush();
  t.same(
    link.sent.map(({ bytes }) => bytes.length),
    [64 * 3 + 1_030, 65_064],
  );
  t.equal(link.sent[0]!.bytes[2], 0, 'without waste');
});

t.test('waste: 0 to 31 bytes, where there is room', async (t) => {
  for (const [random, payloadBytes, waste] of [
    [255, 100, 31],
    [4, 100, 4],
    [32, 100, 0],
    [31, 1_160, 8],
    [31, 1_168, 0],
  ] as const) {
    const { link, carrier } = make({}, random);
    carrier.send(0, new Uint8Array(payloadBytes));
    carrier.flush();
    t.equal(link.sent[0]!.bytes[2], waste);
    t.equal(link.sent[0]!.bytes.length, 64 + payloadBytes + waste);
  }
});

t.test('the size that the path found out bounds packets and waste, and stays with the link', async (t) => {
  const { link, peerLink, carrier } = make({}, 31);
  t.same([carrier.basePayloadBytes, carrier.maxProbePayloadBytes, carrier.maxPayloadBytes], [1_168, 1_168, 1_168]);
  carrier.maxPayloadBytes = 484;
  carrier.send(0, new Uint8Array(480));
  carrier.flush();
  t.equal(link.sent[0]!.messageBytes, 548);
  carrier.send(1, new Uint8Array(1_408));
  carrier.flush();
  t.equal(link.sent[1]!.messageBytes, 1_472, 'a probe is longer, and has no waste');
  t.equal(peerLink.maxPayloadBytes, 484);
  const next = new LinkCarrier(
    peerLink,
    6,
    () => 0,
    () => 0,
  );
  t.equal(next.maxPayloadBytes, 484);
  t.equal(next.basePayloadBytes, 1_168);
});

t.test('a packet without keys is not sent, and breaks nothing', async (t) => {
  const { link, carrier, loseKeys } = make();
  loseKeys();
  carrier.send(0, new Uint8Array(10));
  carrier.flush();
  carrier.send(1, new Uint8Array(10));
  carrier.flush();
  t.equal(link.sent.length, 0);
  t.ok(link.lent <= 1, 'one buffer is kept for later');
});

t.test('it is writable as its link is', async (t) => {
  const { link, carrier } = make();
  t.ok(carrier.writable);
  link.writable = false;
  t.notOk(carrier.writable);
});
