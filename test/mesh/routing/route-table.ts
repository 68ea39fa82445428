import fc from 'fast-check';
import t from 'tap';
import { type NodeId, parseNodeId } from '../../../config/node-id.ts';
import { linkCostMs, type LinkQuality } from '../../../mesh/routing/link-quality.ts';
import type { Route } from '../../../mesh/routing/route-source.ts';
import { type RelayVector, RouteTable } from '../../../mesh/routing/route-table.ts';

const OWN = node(100);

function node(number: number): NodeId {
  const id = parseNodeId(number);
  if (id === null) throw new RangeError(`${number} is no number`);
  return id;
}

function link(rttMs: number | null, lossShare = 0): LinkQuality {
  return { rttMs, jitterMs: 0, lossShare };
}

function vector(rttsMs: Readonly<Record<number, number | null>>, loadMs = 0): RelayVector {
  return { loadMs, neighbours: new Map(Object.entries(rttsMs).map(([id, rttMs]) => [node(Number(id)), link(rttMs)])) };
}

/** Ways as text: relays and cost. */
function told(routes: readonly Route[]): readonly string[] {
  return routes.map(({ relays, costMs }) => `${relays.join(',')}=${costMs}`);
}

t.test('direct, over one relay and over two, the best first', async (t) => {
  const table = new RouteTable(OWN);
  t.same(table.routes(node(5)), []);
  table.setLink(node(5), link(200));
  table.setLink(node(1), link(20));
  t.same(told(table.routes(node(5))), ['=100'], 'nobody relays who did not say whom it hears');
  table.setVector(node(1), vector({ 2: 20, 5: 300 }));
  t.same(told(table.routes(node(5))), ['=100', '1=164']);
  table.setVector(node(2), vector({ 5: 20 }));
  t.same(told(table.routes(node(5))), ['1,2=38', '=100', '1=164'], 'two relays, though one is shared');
  table.setVector(node(2), vector({ 5: 20 }, 70));
  t.same(told(table.routes(node(5))), ['=100', '1,2=108', '1=164'], 'a busy relay costs what it takes longer');
});

t.test('a node is not on the way to itself, and not twice on one', async (t) => {
  const table = new RouteTable(OWN);
  table.setLink(node(1), link(10));
  table.setLink(OWN, link(1));
  table.setVector(OWN, vector({ 1: 1, 5: 1 }));
  table.setVector(node(1), vector({ 1: 1, 5: 10, 100: 10 }));
  table.setVector(node(5), vector({ 1: 10, 5: 1 }));
  t.same(told(table.routes(node(5))), ['1=14']);
  t.same(told(table.routes(node(1))), ['=5'], 'there and back again is no other way');
  t.same(table.routes(OWN), []);
});

t.test('ways that share no relay come before cheaper ones that do', async (t) => {
  const table = new RouteTable(OWN);
  for (const id of [1, 2, 3, 4]) table.setLink(node(id), link(10));
  table.setVector(node(1), vector({ 9: 10, 2: 1, 3: 1, 4: 1 }));
  table.setVector(node(2), vector({ 9: 400 }));
  table.setVector(node(3), vector({ 9: 600 }));
  table.setVector(node(4), vector({ 9: 800 }));
  t.same(told(table.routes(node(9))), ['1=14', '2=209', '3=309', '4=409']);
  table.setVector(node(4), null);
  t.same(told(table.routes(node(9))), ['1=14', '2=209', '1,2=213.5', '3=309'], 'then others, as far as there is room');
});

t.test('losses and links without a measurement cost something', async (t) => {
  const table = new RouteTable(OWN);
  table.setLink(node(1), link(100, 0.5));
  t.equal(table.routes(node(1))[0]?.costMs, 110);
  table.setLink(node(1), link(null));
  t.equal(table.routes(node(1))[0]?.costMs, 150);
});

t.test('what is gone is on no way', async (t) => {
  const table = new RouteTable(OWN);
  table.setLink(node(1), link(10));
  table.setLink(node(5), link(500));
  table.setVector(node(1), vector({ 5: 10 }));
  t.same(told(table.routes(node(5))), ['1=14', '=250']);
  table.setLink(node(1), null);
  t.same(told(table.routes(node(5))), ['=250']);
  table.setLink(node(1), link(10));
  t.same(told(table.routes(node(5))), ['1=14', '=250']);
  table.setVector(node(1), vector({ 2: 10 }));
  t.same(told(table.routes(node(5))), ['=250'], 'the relay hears the destination no longer');
  table.setVector(node(1), null);
  table.setLink(node(5), null);
  t.same(table.routes(node(5)), []);
  t.same([...table.links], [1]);
  t.equal(table.vectors.size, 0);
});

t.test('answers are kept until something changes', async (t) => {
  const table = new RouteTable(OWN);
  const said = vector({ 5: 10 });
  table.setLink(node(1), link(100));
  table.setVector(node(1), said);
  const routes = table.routes(node(5));
  table.setLink(node(1), link(101));
  table.setVector(node(1), said);
  t.equal(table.routes(node(5)), routes, 'a round trip that is hardly another, and the same vector');
  table.setLink(node(1), link(110));
  t.same(told(table.routes(node(5))), ['1=64']);
});

t.test('is right, by comparison with trying everything', async () => {
  const ids = [1, 2, 3, 4, 5, 6];
  const cost = fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined });
  const graph = fc.record({
    links: fc.dictionary(fc.constantFrom(...ids.map(String)), cost),
    vectors: fc.dictionary(
      fc.constantFrom(...ids.map(String)),
      fc.dictionary(fc.constantFrom(...ids.map(String)), fc.integer({ min: 1, max: 400 })),
    ),
  });
  fc.assert(
    fc.property(graph, fc.constantFrom(...ids), ({ links, vectors }, to) => {
      const table = new RouteTable(OWN);
      const linkMs = (id: number): number => {
        const rttMs = links[id];
        return rttMs === undefined ? Infinity : linkCostMs(link(rttMs));
      };
      const hopMs = (from: number, id: number): number => {
        const rttMs = vectors[from]?.[id];
        return rttMs === undefined ? Infinity : linkCostMs(link(rttMs)) + 4;
      };
      for (const id of ids) {
        const rttMs = links[id];
        table.setLink(node(id), rttMs === undefined ? null : link(rttMs));
        const said = vectors[id];
        table.setVector(node(id), said === undefined ? null : vector(said));
      }
      const all = [{ text: '', ms: linkMs(to) }];
      for (const a of ids.filter((id) => id !== to)) {
        all.push({ text: `${a}`, ms: linkMs(a) + hopMs(a, to) });
        for (const b of ids.filter((id) => id !== to && id !== a))
          all.push({ text: `${a},${b}`, ms: linkMs(a) + hopMs(a, b) + hopMs(b, to) });
      }
      const possible = all.filter(({ ms }) => ms < Infinity);
      const routes = table.routes(node(to));
      const bestMs = Math.min(...possible.map(({ ms }) => ms));
      const isDirect = linkMs(to) < Infinity ? 1 : 0;
      if (routes.length !== Math.min(4, possible.length - isDirect) + isDirect) throw new Error('a way is missing');
      if (routes.length > 0 && Math.abs(routes[0]!.costMs - bestMs) > 1e-9) throw new Error('not the best first');
      for (const [index, { relays, costMs }] of routes.entries()) {
        const known = possible.find(({ text }) => text === relays.join(','));
        if (known === undefined || Math.abs(known.ms - costMs) > 1e-9) throw new Error(`${relays.join(',')} is wrong`);
        if (index > 0 && routes[index - 1]!.costMs > costMs) throw new Error('out of order');
      }
      if (new Set(routes.map(({ relays }) => relays.join(','))).size !== routes.length) throw new Error('one twice');
    }),
    { numRuns: 2_000, seed: 5 },
  );
});

t.test('a mesh of 254 relays', async (t) => {
  const table = new RouteTable(OWN);
  const rttMs = (a: number, b: number): number => 5 + ((a * 7_919 + b * 104_729) % 400);
  for (let id = 1; id <= 254; id++) {
    if (id === 100) continue;
    table.setLink(node(id), link(rttMs(100, id)));
    const neighbours = new Map<NodeId, LinkQuality>();
    for (let other = 1; other <= 254; other++) if (other !== id) neighbours.set(node(other), link(rttMs(id, other)));
    table.setVector(node(id), { loadMs: 0, neighbours });
  }
  for (let id = 1; id <= 254; id++) {
    if (id === 100) continue;
    const routes = table.routes(node(id));
    t.equal(routes.length, 5, 'four over relays, and the direct one');
    const relays = routes.flatMap((route) => route.relays);
    t.equal(new Set(relays).size, relays.length, 'disjoint');
  }
});
