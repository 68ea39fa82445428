import t from 'tap';
import type { NodeId } from '../../config/node-id.ts';
import { serversToKeep } from '../../mesh/server-ring.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

function numbers(count: number): NodeId[] {
  return Array.from({ length: count }, (_, index) => nodeId(index + 1));
}

t.test('few servers keep sessions all with all', async (t) => {
  t.same(serversToKeep(nodeId(1), []), new Set());
  t.same(serversToKeep(nodeId(3), numbers(25)), new Set(numbers(25).filter((id) => id !== 3)));
  t.same(serversToKeep(nodeId(30), [...numbers(5), ...numbers(5)]), new Set(numbers(5)));
});

t.test('of many servers each keeps some, and both ends of a session agree on it', async (t) => {
  for (const count of [26, 64, 100, 254]) {
    const servers = numbers(count);
    const kept = new Map(servers.map((id) => [id, serversToKeep(id, servers)]));
    for (const [id, others] of kept) {
      t.ok(others.size <= 16, `${others.size}`);
      for (const other of others) t.ok(kept.get(other)?.has(id));
    }
  }
});

t.test('they stay joined where three in ten die', async (t) => {
  const random = new SeededRandom(4);
  const servers = numbers(254);
  for (let round = 0; round < 20; round++) {
    const alive = servers.filter(() => random.next() >= 0.3);
    const reached = new Set<NodeId>();
    const open = [alive[0]!];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      for (const other of serversToKeep(id, servers)) if (alive.includes(other)) open.push(other);
    }
    t.equal(reached.size, alive.length);
  }
});
