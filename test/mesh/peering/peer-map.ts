import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import { PeerMap } from '../../../mesh/peering/peer-map.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

/** A peer that counts how often it is asked and ticked. */
class CountedPeer {
  readonly id: NodeId;
  atMs: number;
  asked = 0;
  ticked = 0;
  onTick: () => void = () => {};

  constructor(number: number, atMs: number) {
    this.id = nodeId(number);
    this.atMs = atMs;
  }

  get wakeAtMs(): number {
    this.asked++;
    return this.atMs;
  }

  tick(): void {
    this.ticked++;
    this.atMs = Infinity;
    this.onTick();
  }
}

function mapOf(...atMs: readonly number[]) {
  const map = new PeerMap<CountedPeer>();
  const peers = atMs.map((ms, index) => new CountedPeer(index + 1, ms));
  for (const peer of peers) map.set(peer.id, peer);
  return { map, peers };
}

t.test('the earliest counts, and nobody is asked twice for nothing', async (t) => {
  t.equal(new PeerMap<CountedPeer>().wakeAtMs, Infinity);
  const { map, peers } = mapOf(50, 20, Infinity);
  t.equal(map.wakeAtMs, 20);
  t.equal(map.wakeAtMs, 20);
  t.same(
    peers.map(({ asked }) => asked),
    [1, 1, 1],
  );
});

t.test('a question that changes nothing makes nobody be asked again', async (t) => {
  const { map, peers } = mapOf(50, 20);
  t.equal(map.wakeAtMs, 20);
  t.ok(map.some(({ atMs }) => atMs === 20));
  t.notOk(map.some(({ atMs }) => atMs === 30));
  map.delete(peers[1]!.id);
  t.notOk(
    map.some(({ atMs }) => atMs === 20),
    'who is gone does not count',
  );
  t.equal(map.wakeAtMs, 50);
  t.equal(peers[0]!.asked, 1);
});

t.test('only who is due is ticked, and asked again', async (t) => {
  const { map, peers } = mapOf(50, 20, 10);
  map.tick(20);
  t.same(
    peers.map(({ ticked }) => ticked),
    [0, 1, 1],
  );
  t.equal(map.wakeAtMs, 50);
  t.same(
    peers.map(({ asked }) => asked),
    [1, 2, 2],
  );
});

const touches: Record<string, (map: PeerMap<CountedPeer>) => unknown> = {
  get: (map) => map.get(nodeId(1)),
  values: (map) => map.values(),
  entries: (map) => map.entries(),
  iteration: (map) => [...map],
  forEach: (map) => map.forEach(() => {}),
  touchAll: (map) => map.touchAll(),
  set: (map) => map.set(nodeId(1), map.get(nodeId(1))!),
};

for (const [how, touch] of Object.entries(touches)) {
  t.test(`who gets hold of a peer by ${how} may change it`, async (t) => {
    const { map, peers } = mapOf(50, 60);
    t.equal(map.wakeAtMs, 50);
    touch(map);
    peers[0]!.atMs = 5;
    t.equal(map.wakeAtMs, 5);
  });
}

t.test('asking for others, for numbers, or for who is not there changes nothing', async (t) => {
  const { map, peers } = mapOf(50, 60);
  t.equal(map.wakeAtMs, 50);
  t.equal(map.get(nodeId(9)), undefined);
  t.ok(map.has(nodeId(1)));
  t.same([...map.keys()], [1, 2]);
  map.get(nodeId(2));
  t.equal(map.wakeAtMs, 50);
  t.same(
    peers.map(({ asked }) => asked),
    [1, 2],
  );
});

t.test('who is gone wants nothing', async (t) => {
  const { map, peers } = mapOf(10, 20, 30);
  peers[1]!.onTick = () => map.delete(nodeId(2));
  t.ok(map.delete(nodeId(1)));
  t.equal(map.wakeAtMs, 20);
  map.tick(25);
  t.equal(map.size, 1);
  t.equal(map.wakeAtMs, 30);
  map.clear();
  t.equal(map.wakeAtMs, Infinity);
  map.tick(100);
  t.same(
    peers.map(({ ticked }) => ticked),
    [0, 1, 0],
  );
});
