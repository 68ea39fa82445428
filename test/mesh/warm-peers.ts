import t from 'tap';
import { type WarmCandidate, warmPeers } from '../../mesh/warm-peers.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

function candidate(number: number, rttMs: number | null, isNeeded = false): WarmCandidate {
  return { id: nodeId(number), rttMs, isNeeded };
}

t.test('few are all warm', async (t) => {
  t.same(warmPeers([]), new Set());
  t.same(warmPeers([candidate(1, null), candidate(2, 500)]), new Set([1, 2]));
});

t.test('of many the nearest two', async (t) => {
  const candidates = Array.from({ length: 20 }, (_, index) => candidate(index + 1, 200 - index * 10));
  t.same(
    [...warmPeers(candidates)].sort((a, b) => a - b),
    [19, 20],
  );
  t.equal(warmPeers([...candidates, candidate(30, null)]).has(nodeId(30)), false, 'what was not measured comes last');
});

t.test('those that are needed come first, however many there are', async (t) => {
  const near = Array.from({ length: 15 }, (_, index) => candidate(index + 1, 10));
  const far = candidate(40, 900, true);
  const warm = warmPeers([...near, far]);
  t.equal(warm.size, 2);
  t.ok(warm.has(far.id));
  const needed = Array.from({ length: 12 }, (_, index) => candidate(index + 50, 900, true));
  t.same(warmPeers([...near, ...needed]), new Set(needed.map(({ id }) => id)));
});
