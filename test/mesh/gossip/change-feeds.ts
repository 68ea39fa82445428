import t from 'tap';
import { ChangeFeeds } from '../../../mesh/gossip/change-feeds.ts';
import { nodeId } from './fixtures/documents.ts';

t.test('two of those that are there, whatever their order', async (t) => {
  const feeds = new ChangeFeeds(nodeId(100));
  t.same(feeds.chosen, []);
  feeds.add(nodeId(1));
  t.same(feeds.chosen, [1]);
  for (let number = 2; number <= 10; number++) feeds.add(nodeId(number));
  const { chosen } = feeds;
  t.equal(chosen.length, 2);
  const other = new ChangeFeeds(nodeId(100));
  for (let number = 10; number >= 1; number--) other.add(nodeId(number));
  t.same(other.chosen, chosen);
  other.remove(chosen[0]!);
  t.equal(other.chosen[0], chosen[1], 'the next best steps in');
  t.not(other.chosen[1], chosen[0]);
});

t.test('each server gets a like share', async (t) => {
  const loads = new Map<number, number>();
  for (let own = 21; own <= 254; own++) {
    const feeds = new ChangeFeeds(nodeId(own));
    for (let number = 1; number <= 20; number++) feeds.add(nodeId(number));
    for (const server of feeds.chosen) loads.set(server, (loads.get(server) ?? 0) + 1);
  }
  t.equal(loads.size, 20);
  t.ok(Math.max(...loads.values()) <= 45, `${[...loads.values()].join(' ')}`);
  t.ok(Math.min(...loads.values()) >= 8);
});
