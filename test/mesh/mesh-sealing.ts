import t from 'tap';
import { MeshSealing } from '../../mesh/mesh-sealing.ts';
import { Header } from '../../mesh/wire/header.ts';
import { KeyRing } from '../../mesh/wire/key-ring.ts';
import { NetworkKeys } from '../../mesh/wire/network-keys.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { headerOf, nodeId } from '../fixtures/wire/nodes.ts';
import { seededBytes, seededRandom } from '../fixtures/wire/seeded-bytes.ts';

const sodium = await loadSodium();
const network = new NetworkKeys(sodium, seededBytes(1, 32));

t.test('messages are stamped with the wall clock', async (t) => {
  const sealing = new MeshSealing(sodium, seededRandom(2));
  sealing.setWallClock(1_000.5, 1_800_000_000_400.5);
  sealing.setNow(1_500.25);
  t.equal(sealing.wallS(), 1_800_000_000.90025);
  t.equal(sealing.nowMsAt(1_800_000_001), 1_600);
  t.equal(sealing.nowMsAt(Infinity), Infinity);
  const out = new Uint8Array(100).fill(7);
  const header = headerOf({ keyLevel: 0, origin: nodeId(7), payloadBytes: 3, wasteBytes: 4 });
  t.equal(sealing.seal(out, 10, header, network, network.bootstrap), 71);
  const read = new Header();
  t.equal(sealing.opener.openHeader(out, 10, new KeyRing(network), read), network);
  t.equal(read.timeSeconds, 1_800_000_000);
  t.equal(read.tick, 225);
  t.same(sealing.open(out, 10, read, network, network.bootstrap), Uint8Array.of(7, 7, 7));
  t.equal(sealing.open(out, 10, read, network, network.mask), null);
});

t.test('random bytes come one by one, as the source gives them', async (t) => {
  const sealing = new MeshSealing(sodium, seededRandom(3));
  const expected = seededBytes(3, 600);
  t.same(
    Array.from({ length: 600 }, () => sealing.randomByte()),
    [...expected],
  );
});
