import t from 'tap';
import { KeyLifetimes } from '../../mesh/key-lifetimes.ts';
import { MeshSealing } from '../../mesh/mesh-sealing.ts';
import { NetworkRing } from '../../mesh/network-ring.ts';
import { EphemeralKeys } from '../../mesh/wire/ephemeral-keys.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { seededBytes, seededRandom } from '../fixtures/wire/seeded-bytes.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;
const WALL_MS = 1_800_000_000_000;

function make(nowMs = 0) {
  const sealing = new MeshSealing(sodium, seededRandom(1));
  sealing.setWallClock(nowMs, WALL_MS);
  const ephemeral = new EphemeralKeys(sodium, seededRandom(2), Math.floor(nowMs));
  const networks = new NetworkRing(sodium, seededBytes(3, 32), null, WALL_MS / 1_000);
  let renewals = 0;
  const renewed = (): void => void renewals++;
  const keys = new KeyLifetimes({ sodium, sealing, ephemeral, networks, peers: new Map(), renewed });
  return { keys, sealing, ephemeral, networks, renewals: () => renewals };
}

t.test('a new ephemeral key each hour, and none lives longer than a hundred minutes', async (t) => {
  const { keys, ephemeral, renewals } = make();
  const first = ephemeral.current;
  for (let minute = 0; minute <= 600; minute++) {
    if (keys.wakeAtMs <= minute * MINUTE_MS) keys.tick(minute * MINUTE_MS, 0);
    const ids = new Set(ephemeral.live.map(({ id }) => id));
    t.equal(ids.size, minute >= 60 && minute % 60 < 40 ? 2 : 1, `minute ${minute}`);
    if (minute >= 100) t.notOk(ids.has(first.id));
  }
  t.ok(first.secretKey.every((byte) => byte === 0));
  t.equal(renewals(), 10 + 9, 'made or erased');
});

t.test('it is not asked to tick for ever at the moment itself, with fractions of a millisecond', async (t) => {
  for (let seed = 0; seed < 50; seed++) {
    const { keys } = make(seed * 1_234.567_891);
    for (let count = 0; count < 50; count++) {
      const nowMs = keys.wakeAtMs;
      keys.tick(nowMs, 0);
      t.ok(keys.wakeAtMs > nowMs);
    }
  }
});

t.test('a sleep counts, of whatever length', async (t) => {
  const { keys, ephemeral } = make();
  const first = ephemeral.current;
  keys.tick(1_000, 30 * MINUTE_MS);
  t.equal(ephemeral.current, first);
  keys.tick(2_000, 29 * MINUTE_MS);
  t.equal(ephemeral.current, first);
  keys.tick(3_000, 2 * MINUTE_MS);
  t.not(ephemeral.current, first, 'three sleeps are more than an hour');
  keys.tick(4_000, 60 * MINUTE_MS);
  t.ok(first.erased);
});

t.test('the old network key ends by the wall clock', async (t) => {
  const { keys, networks, sealing } = make();
  const old = networks.ring.newest;
  const oldKeyEndsAtS = WALL_MS / 1_000 + 60;
  keys.change({ serial: 1, networkKey: seededBytes(4, 32), oldKeyEndsAtS, signature: new Uint8Array(64) });
  t.equal(networks.ring.older, old);
  t.equal(keys.wakeAtMs, MINUTE_MS);
  sealing.setWallClock(1_000, WALL_MS - 5_000);
  t.equal(keys.wakeAtMs, MINUTE_MS + 6_000, 'which was put back');
  keys.tick(MINUTE_MS, 0);
  t.equal(networks.ring.older, old);
  keys.tick(MINUTE_MS + 6_000, 0);
  t.equal(networks.ring.older, null);
  t.ok(
    old.key.every((byte) => byte === 0),
    'overwritten',
  );
});
