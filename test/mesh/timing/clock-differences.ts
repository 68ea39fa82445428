import fc from 'fast-check';
import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import { type ApparentFlight, ClockDifferences, MAX_COMPARED } from '../../../mesh/timing/clock-differences.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const NONE: ReadonlySet<NodeId> = new Set();

/** How long messages take between two nodes each way, in ms. */
type Link = readonly [a: number, b: number, thereMs: number, backMs: number];

/** What clocks show that are ahead like that. */
function apparent(links: readonly Link[], aheadMs: readonly number[]): ApparentFlight[] {
  return links.map(([a, b, thereMs, backMs]) => {
    const differenceMs = aheadMs[b]! - aheadMs[a]!;
    const [from, to] = [nodeId(a), nodeId(b)];
    return { from, to, thereMs: thereMs + differenceMs, backMs: backMs - differenceMs, errorMs: 0 };
  });
}

function ids(count: number): Set<NodeId> {
  return new Set(Array.from({ length: count }, (_, index) => nodeId(index + 1)));
}

/** Clocks of nodes 1 to 5, off by minutes. */
const OFF = [0, 0, 431_017.5, -125_003, 1_900_000, 60_000];

const DECIDABLE: Readonly<Record<string, readonly Link[]>> = {
  'an even link': [[1, 2, 40, 40]],
  'a chain of even links': [
    [1, 2, 40, 40],
    [2, 3, 5, 5],
    [4, 3, 90, 90],
  ],
  'an uneven link beside even ones that take less': [
    [1, 2, 90, 10],
    [1, 3, 20, 20],
    [3, 2, 25, 25],
  ],
  'the longest of a triangle, in the other direction': [
    [1, 2, 5, 95],
    [1, 3, 20, 20],
    [2, 3, 40, 40],
  ],
  'one uneven link where each node has three': [
    [1, 2, 20, 50],
    [1, 3, 30, 30],
    [1, 4, 30, 30],
    [2, 3, 31, 31],
    [2, 4, 32, 32],
    [3, 4, 33, 33],
  ],
  'two uneven ones among ten': [
    [1, 2, 20, 90],
    [1, 3, 30, 30],
    [1, 4, 40, 40],
    [1, 5, 45, 45],
    [2, 3, 35, 35],
    [2, 4, 25, 25],
    [2, 5, 28, 28],
    [3, 4, 39, 39],
    [3, 5, 70, 12],
    [4, 5, 30, 30],
  ],
};

for (const [name, links] of Object.entries(DECIDABLE)) {
  t.test(`right, with clocks off by minutes: ${name}`, async (t) => {
    const clocks = new ClockDifferences(apparent(links, OFF), NONE);
    for (const [a, b] of links) {
      const difference = clocks.between(nodeId(a), nodeId(b))!;
      t.ok(Math.abs(difference.ms - (OFF[b]! - OFF[a]!)) < 0.01, `${a} ${b}: ${difference.ms}`);
    }
  });
}

t.test('what nothing decides lies within half a round trip, and is said to', async (t) => {
  const flights = apparent([[1, 2, 80, 20]], OFF);
  const { ms, leastMs, mostMs } = new ClockDifferences(flights, NONE).between(nodeId(1), nodeId(2))!;
  t.ok(Math.abs(ms - (OFF[2]! + 30)) < 0.01, 'as if it were even');
  t.ok(Math.abs(leastMs - (OFF[2]! - 20)) < 0.01);
  t.ok(Math.abs(mostMs - (OFF[2]! + 80)) < 0.01);
});

t.test('clocks that may agree are taken to, but over very short links', async (t) => {
  const agreeing = [0, 0, 0, 0];
  const links: readonly Link[] = [
    [1, 2, 80, 20],
    [1, 3, 10, 30],
  ];
  const clocks = new ClockDifferences(apparent(links, agreeing), ids(3));
  t.ok(Math.abs(clocks.between(nodeId(1), nodeId(2))!.ms) < 0.01);
  t.ok(Math.abs(clocks.between(nodeId(2), nodeId(3))!.ms) < 0.01);
  const unknown = new ClockDifferences(apparent(links, agreeing), new Set([nodeId(1)]));
  t.ok(Math.abs(unknown.between(nodeId(1), nodeId(2))!.ms - 30) < 0.01, 'not where a clock is not known in full');
  const parted = new ClockDifferences(apparent([[1, 2, 40, 40]], [0, 0, 50]), ids(2));
  t.ok(Math.abs(parted.between(nodeId(1), nodeId(2))!.ms - 50) < 0.01, 'nor where they can’t agree');
  const near = new ClockDifferences(apparent([[1, 2, 2, 2]], [0, 0, 1.5]), ids(2));
  t.ok(Math.abs(near.between(nodeId(1), nodeId(2))!.ms - 1.5) < 0.01, 'an exchange tells more');
});

t.test('nothing ties them; more than are compared; nobody', async (t) => {
  t.equal(new ClockDifferences([], NONE).between(nodeId(1), nodeId(2)), null);
  const apart = new ClockDifferences(
    apparent(
      [
        [1, 2, 5, 5],
        [3, 4, 5, 5],
      ],
      OFF,
    ),
    ids(4),
  );
  t.equal(apart.between(nodeId(1), nodeId(3)), null);
  t.not(apart.between(nodeId(3), nodeId(4)), null);
  const star = Array.from({ length: 20 }, (_, index): Link => [1, index + 2, 5 + index, 5 + index]);
  const many = new ClockDifferences(apparent(star, new Array<number>(30).fill(0)), NONE);
  t.not(many.between(nodeId(1), nodeId(MAX_COMPARED)), null);
  t.equal(many.between(nodeId(1), nodeId(MAX_COMPARED + 1)), null);
});

t.test('what contradicts shorter links, or takes less than no time, is left out', async (t) => {
  const honest = apparent(
    [
      [1, 2, 10, 10],
      [1, 3, 10, 10],
    ],
    OFF,
  );
  const lie = { from: nodeId(2), to: nodeId(3), thereMs: 1e9, backMs: -1e9 + 50, errorMs: 2 };
  const negative = { from: nodeId(1), to: nodeId(2), thereMs: -30, backMs: 10, errorMs: 2 };
  const clocks = new ClockDifferences([...honest, lie, negative], NONE);
  t.ok(Math.abs(clocks.between(nodeId(1), nodeId(2))!.ms - OFF[2]!) < 0.01);
  t.ok(Math.abs(clocks.between(nodeId(1), nodeId(3))!.ms - OFF[3]!) < 0.01);
  const broken = { from: nodeId(1), to: nodeId(2), thereMs: Number.NaN, backMs: Infinity, errorMs: 0 };
  t.equal(new ClockDifferences([broken], ids(2)).between(nodeId(1), nodeId(2)), null);
});

const delay = fc.double({ min: 0, max: 300, noNaN: true });
const links = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), delay, delay), {
    selector: ([a, b]) => (a < b ? a * 10 + b : b * 10 + a),
    maxLength: 12,
  })
  .map((all) => all.filter(([a, b]) => a !== b));
const ahead = fc.array(fc.double({ min: -1e7, max: 1e7, noNaN: true }), { minLength: 7, maxLength: 7 });

t.test('the truth always lies within the bounds, and so does the estimate; no flight is negative', async () => {
  fc.assert(
    fc.property(links, ahead, fc.boolean(), (all, aheadMs, areTelling) => {
      const clocks = new ClockDifferences(apparent(all, aheadMs), areTelling ? ids(6) : NONE);
      for (let a = 1; a <= 6; a++) {
        for (let b = 1; b <= 6; b++) {
          const difference = clocks.between(nodeId(a), nodeId(b));
          if (difference === null) continue;
          const trueMs = aheadMs[b]! - aheadMs[a]!;
          const { ms, leastMs, mostMs } = difference;
          const isBound = leastMs <= trueMs + 0.001 && trueMs <= mostMs + 0.001;
          if (!isBound || ms < leastMs - 0.001 || ms > mostMs + 0.001) return false;
        }
      }
      for (const [a, b, thereMs, backMs] of all) {
        const wrongMs = clocks.between(nodeId(a), nodeId(b))!.ms - (aheadMs[b]! - aheadMs[a]!);
        if (thereMs - wrongMs < -0.001 || backMs + wrongMs < -0.001) return false;
      }
      return true;
    }),
    { seed: 5, numRuns: 150 },
  );
});

t.test('even links are right whatever the clocks show', async () => {
  fc.assert(
    fc.property(links, ahead, (all, aheadMs) => {
      const even = all.map(([a, b, thereMs]): Link => [a, b, thereMs, thereMs]);
      const clocks = new ClockDifferences(apparent(even, aheadMs), NONE);
      return even.every(([a, b]) => {
        const { ms } = clocks.between(nodeId(a), nodeId(b))!;
        return Math.abs(ms - (aheadMs[b]! - aheadMs[a]!)) < 0.05;
      });
    }),
    { seed: 6, numRuns: 150 },
  );
});
