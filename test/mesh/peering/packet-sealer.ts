import t from 'tap';
import { PacketSealer } from '../../../mesh/peering/packet-sealer.ts';
import type { PeerContext } from '../../../mesh/peering/peer-context.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { SessionNumbers } from '../../../mesh/peering/session-numbers.ts';
import { Header } from '../../../mesh/wire/header.ts';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { FakeLink } from './fixtures/fake-link.ts';
import { idleContext } from './fixtures/idle-context.ts';
import { keySides } from './fixtures/two-nodes.ts';

const sodium = await loadSodium();

const DIRECT = new PeerLink(new FakeLink(), null);

function make() {
  const [a, b] = keySides(sodium);
  const newest = new NetworkKeys(sodium, seededBytes(1, 32));
  const older = new NetworkKeys(sodium, seededBytes(2, 32));
  const sealed: { header: Header; network: NetworkKeys; key: string }[] = [];
  const context: PeerContext = {
    ...idleContext(a.own.id, older),
    seal: (_out, _offset, header, network, key) => {
      const copy = new Header();
      copy.copyFrom(header);
      sealed.push({ header: copy, network, key: Buffer.from(key).toString('hex') });
      return 64 + header.payloadBytes + header.wasteBytes;
    },
    networkFor: (knowsNewest) => (knowsNewest ? newest : older),
    isNewest: (network) => network === newest,
  };
  const numbers = new SessionNumbers(0);
  const sealer = new PacketSealer(context, b.own.id, a.keys, numbers);
  return { a, b, newest, older, sealed, numbers, sealer };
}

t.test('a packet is sealed for its session, path and peer', async (t) => {
  const { a, b, sealed, numbers, sealer, older, newest } = make();
  t.equal(sealer.seal(new Uint8Array(200), 0, 3, 4, 10, 5, DIRECT), 0, 'without keys it is not');
  t.equal(sealer.payloadBytes, 0);
  a.keys.learn(b.ephemeral.current.publicKey, 0);
  a.keys.acknowledge(a.ephemeral.current.id);
  numbers.settle(900);
  t.equal(sealer.seal(new Uint8Array(200), 0, 3, 4, 10, 5, DIRECT), 79);
  t.match(sealed[0]!.header, {
    keyLevel: 2,
    origin: 7,
    destination: 42,
    pathId: 3,
    packetNumber: 4,
    session: 900,
    payloadBytes: 10,
    wasteBytes: 5,
    originKeyId: a.ephemeral.current.id,
    destinationKeyId: b.ephemeral.current.id,
  });
  t.equal(sealed[0]!.network, older, 'until the peer has shown to know the newest');
  sealer.knowsNewestNetwork = true;
  sealer.seal(new Uint8Array(200), 0, 3, 5, 10, 5, DIRECT);
  t.equal(sealed[1]!.network, newest);
  t.not(sealed[1]!.key, sealed[0]!.key);
  t.equal(sealer.payloadBytes, 20);
  numbers.settle(901);
  sealer.seal(new Uint8Array(200), 0, 3, 0, 10, 5, DIRECT);
  t.not(sealed[2]!.key, sealed[1]!.key, 'each session has keys of its own');
});

t.test('HELLO tries the network key whose turn it is', async (t) => {
  const { sealer, newest, older } = make();
  const peerLink = new PeerLink(new FakeLink(), null);
  t.equal(sealer.networkForHello(peerLink), newest);
  peerLink.nextNetwork = 'older';
  t.equal(sealer.networkForHello(peerLink), older);
  sealer.knowsNewestNetwork = true;
  t.equal(sealer.networkForHello(peerLink), newest);
});
