import t from 'tap';
import { serversToTell } from '../../../mesh/gossip/push-plan.ts';
import { nodeId } from './fixtures/documents.ts';

function numbers(from: number, to: number): ReturnType<typeof nodeId>[] {
  return Array.from({ length: to - from + 1 }, (_, index) => nodeId(from + index));
}

t.test('few servers are all told', async (t) => {
  t.same(serversToTell(nodeId(9), [], true, 0), []);
  t.same(serversToTell(nodeId(9), numbers(1, 3), false, 0), [1, 2, 3]);
  t.same(serversToTell(nodeId(9), numbers(1, 8), true, 0).length, 8);
});

t.test('what a server passes on goes to both neighbours, and to another that is drawn', async (t) => {
  const drawn = new Set<number>();
  for (let byte = 0; byte < 256; byte++) {
    const told = serversToTell(nodeId(10), [...numbers(11, 20), ...numbers(1, 9)], false, byte);
    t.same(told.slice(0, 2), [11, 9]);
    t.equal(new Set(told).size, 3);
    drawn.add(told[2]!);
  }
  t.equal(drawn.size, 17, 'each of the others');
  t.same(
    serversToTell(nodeId(30), numbers(1, 9), false, 0).slice(0, 2),
    [1, 9],
    'the last number comes before the first',
  );
  t.same(serversToTell(nodeId(1), numbers(2, 9), false, 0).slice(0, 2), [2, 9]);
});

t.test('of very many, as many as one can tell', async (t) => {
  for (const byte of [0, 100, 255]) {
    const told = serversToTell(nodeId(100), [...numbers(1, 99), ...numbers(101, 254)], true, byte);
    t.equal(told.length, 32);
    t.equal(new Set(told).size, 32);
    t.same(told.slice(0, 2), [101, 99]);
  }
});
