import t from 'tap';
import { issueCredential } from '../../../mesh/gossip/credential.ts';
import { Greeter } from '../../../mesh/peering/greeter.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { Header, messageBytes } from '../../../mesh/wire/header.ts';
import { KeyRing } from '../../../mesh/wire/key-ring.ts';
import { MessageOpener } from '../../../mesh/wire/message-opener.ts';
import { MessageSealer } from '../../../mesh/wire/message-sealer.ts';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { seededBytes, seededRandom } from '../../fixtures/wire/seeded-bytes.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const sodium = await loadSodium();
const network = new NetworkKeys(sodium, seededBytes(1, 32));
const ID = nodeId(7);
const PEER = nodeId(42);

function make(incarnation = 1_000) {
  const identity = sodium.signKeyPair(seededBytes(2, 32));
  const admin = sodium.signKeyPair(seededBytes(3, 32));
  const sealer = new MessageSealer(sodium, seededRandom(4));
  const credential = issueCredential(sodium, admin.secretKey, seededBytes(5, 32), {
    id: ID,
    roles: { exit: true, relay: false },
    serial: 1,
    expiresAtS: 0,
    identity: identity.publicKey,
  });
  const greeter = new Greeter(
    sodium,
    seededRandom(6),
    { id: ID, identity, incarnation: { current: incarnation } },
    (out, header, keys) => sealer.seal(out, 0, header, keys, keys.bootstrap),
  );
  const fields = { credential, ephemeralPublicKey: seededBytes(8, 32), session: 77, peerKeyId: 9 };
  return { greeter, fields };
}

/** Opens what was sent: the header and the payload. */
function open(message: Uint8Array): { header: Header; payload: Uint8Array } {
  const opener = new MessageOpener(sodium);
  const header = new Header();
  if (opener.openHeader(message, 0, new KeyRing(network), header) === null) throw new Error('no message of this mesh');
  const payload = new Uint8Array(header.payloadBytes);
  if (!opener.openPayload(message, 0, header, network, network.bootstrap, payload)) throw new Error('it does not open');
  return { header, payload };
}

t.test('a HELLO says what it was given, and counts', async (t) => {
  const { greeter, fields } = make();
  const link = new FakeLink();
  const peerLink = new PeerLink(link, endpoint('udp'));
  for (let count = 1; count <= 3; count++) {
    greeter.sendHello(peerLink, PEER, network, fields);
    const { header, payload } = open(link.sent[count - 1]!.bytes);
    t.match(header, { keyLevel: 0, origin: ID, destination: PEER, packetNumber: count - 1, session: 1_000, pathId: 0 });
    const { hello, challenge } = greeter.read(payload)!;
    t.equal(challenge, null, 'who was dialled need not prove its address');
    t.match(hello, { incarnation: 1_000, counter: count, session: 77, peerKeyId: 9 });
    t.ok(greeter.isGenuine(hello!, ID, PEER));
    t.notOk(greeter.isGenuine(hello!, ID, nodeId(43)), 'to somebody else');
    t.notOk(greeter.isGenuine(hello!, PEER, PEER), 'from somebody else');
    greeter.window.accept(hello!.credential.binding.identity, hello!);
    t.notOk(greeter.isGenuine(hello!, ID, PEER), 'again');
  }
});

t.test('every HELLO fits into 548 bytes, and they differ in length', async (t) => {
  const { greeter, fields } = make();
  const witness = { id: PEER, seenAtS: 5, signature: seededBytes(9, 64) };
  const credential = { ...fields.credential, witness };
  const lengths = new Set<number>();
  for (let count = 0; count < 300; count++) {
    const link = new FakeLink();
    const peerLink = new PeerLink(link, null);
    peerLink.received(1_000);
    greeter.sendHello(peerLink, PEER, network, { ...fields, credential });
    const { bytes, messageBytes: length } = link.sent[0]!;
    t.equal(length, bytes.length);
    t.equal(messageBytes(open(bytes).header), bytes.length);
    lengths.add(bytes.length);
  }
  t.ok(Math.max(...lengths) <= 548);
  t.ok(lengths.size > 50);
});

t.test('an address that is not validated is asked, and gets no more than three times what came', async (t) => {
  const { greeter, fields } = make();
  const link = new FakeLink();
  const peerLink = new PeerLink(link, null);
  greeter.sendHello(peerLink, PEER, network, fields);
  greeter.sendChallenge(peerLink, PEER, network);
  t.equal(link.sent.length, 0, 'nothing came yet');
  t.equal(link.lent, 0);
  peerLink.received(150);
  greeter.sendHello(peerLink, PEER, network, fields);
  t.ok(link.sent.length <= 1);
  for (let count = 0; count < 100; count++) {
    peerLink.received(70);
    greeter.sendHello(peerLink, PEER, network, fields);
    greeter.sendChallenge(peerLink, PEER, network);
    const sent = link.sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
    t.ok(sent <= 3 * (150 + 70 * (count + 1)));
  }
  const tokens = link.sent.map(({ bytes }) =>
    Buffer.from(greeter.read(open(bytes).payload)!.challenge!).toString('hex'),
  );
  t.equal(new Set(tokens).size, 1, 'it is asked the same');
  t.ok(peerLink.answered(Buffer.from(tokens[0]!, 'hex')));
});

t.test('packet numbers count what was sent', async (t) => {
  const { greeter, fields } = make();
  const link = new FakeLink();
  const peerLink = new PeerLink(link, endpoint('udp'));
  greeter.sendHello(peerLink, PEER, network, fields);
  greeter.sendHello(new PeerLink(link, null), PEER, network, fields); // not allowed
  greeter.sendChallenge(peerLink, PEER, network);
  greeter.sendHello(peerLink, 0, network, fields);
  t.same(
    link.sent.map(({ bytes }) => open(bytes).header.packetNumber),
    [0, 1, 2],
  );
  t.equal(open(link.sent[2]!.bytes).header.destination, 0);
});

t.test('what is malformed or not of level 0 is not read', async (t) => {
  const { greeter } = make();
  t.equal(greeter.read(Uint8Array.of(0x01)), null, 'PING');
  t.equal(greeter.read(Uint8Array.of(0x0f, 1, 2)), null, 'a CHALLENGE cut short');
  t.same(greeter.read(Uint8Array.of(0x00, 0x00)), { hello: null, challenge: null });
  t.same(greeter.read(Uint8Array.of(0x12, 0x01, 0x05)), { hello: null, challenge: null }, 'a HELLO that is none');
});
