import t from 'tap';
import { Gossip } from '../../mesh/gossip/gossip.ts';
import { decodeCredential } from '../../mesh/gossip/credential.ts';
import { MeshSealing } from '../../mesh/mesh-sealing.ts';
import { NetworkRing } from '../../mesh/network-ring.ts';
import { Greeter } from '../../mesh/peering/greeter.ts';
import { PeerLink } from '../../mesh/peering/peer-link.ts';
import { PeerServices } from '../../mesh/peer-services.ts';
import { EphemeralKeys } from '../../mesh/wire/ephemeral-keys.ts';
import { Header } from '../../mesh/wire/header.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';
import { seededBytes } from '../fixtures/wire/seeded-bytes.ts';
import { nodeOptions } from './fixtures/node-options.ts';
import { endpoint, FakeLink } from './peering/fixtures/fake-link.ts';

const sodium = await loadSodium();

function make() {
  const options = nodeOptions(sodium);
  const { id, random, adminPublicKey } = options;
  const identity = sodium.signKeyPair(options.identitySeed);
  const credential = decodeCredential(options.credential)!;
  const sealing = new MeshSealing(sodium, random);
  sealing.setWallClock(0, options.wallMs);
  const networks = new NetworkRing(sodium, options.networkKey, null, 0);
  const ephemeral = new EphemeralKeys(sodium, random, 0);
  const greeter = new Greeter(sodium, random, { id, identity, incarnation: { current: 5 } }, (out, header, network) =>
    sealing.seal(out, 0, header, network, network.bootstrap),
  );
  const gossip = new Gossip({
    sodium,
    adminPublicKey,
    identity,
    credential,
    incarnation: { current: 5 },
    maxFrameBytes: 1_150,
    saved: null,
  });
  const ignore = (): void => {};
  const services = new PeerServices({
    options: { id, wantsExits: true, sendBytesPerMs: null },
    sealing,
    networks,
    ephemeral,
    greeter,
    gossip,
    routes: () => [],
    retry: ignore,
    used: ignore,
    emit: ignore,
    punches: () => ({ canAsk: (peer) => peer === 9, ask: (peer, nowMs) => peer === 9 && nowMs === 5 }),
  });
  return { services, sealing, networks, ephemeral, greeter, credential };
}

t.test('a HELLO carries the own credential and the newest ephemeral key', async (t) => {
  const { services, sealing, networks, ephemeral, greeter, credential } = make();
  ephemeral.tick(3_600_000);
  const link = new FakeLink();
  const network = services.networkFor(true);
  services.sendHello(new PeerLink(link, endpoint('udp')), nodeId(9), 55, 66, network);
  services.sendChallenge(new PeerLink(link, endpoint('udp')), nodeId(9), network);
  const header = new Header();
  const [hello, challenge] = link.sent.map(({ bytes }) => {
    sealing.opener.openHeader(bytes, 0, networks.ring, header);
    return greeter.read(services.open(bytes, 0, header, network, network.bootstrap)!.slice());
  });
  t.same(hello?.hello?.credential, credential);
  t.same(hello?.hello?.ephemeralPublicKey, ephemeral.current.publicKey);
  t.match(hello?.hello, { incarnation: 5, counter: 1, session: 55, peerKeyId: 66 });
  t.equal(challenge?.challenge?.length, 8);
});

t.test('punching is asked for elsewhere', async (t) => {
  const { services } = make();
  t.ok(services.canPunch(nodeId(9)));
  t.notOk(services.canPunch(nodeId(8)));
  t.ok(services.punch(nodeId(9), 5));
  t.notOk(services.punch(nodeId(9), 6));
});

t.test('which network key is the newest', async (t) => {
  const { services, networks } = make();
  const first = services.networkFor(true);
  t.equal(services.networkFor(false), first);
  t.ok(services.isNewest(first));
  networks.apply({ serial: 1, networkKey: seededBytes(9, 32), oldKeyEndsAtS: 1e10, signature: new Uint8Array(64) });
  t.notOk(services.isNewest(first));
  t.equal(services.networkFor(false), first);
  t.ok(services.isNewest(services.networkFor(true)));
});

t.test('time and randomness are those of the node', async (t) => {
  const { services, sealing } = make();
  sealing.setNow(1_500);
  t.equal(services.wallS(), 1_800_000_001.5);
  const bytes = Array.from({ length: 100 }, () => services.randomByte());
  t.ok(new Set(bytes).size > 50);
});
