import t from 'tap';
import { HeardTimes } from '../../../mesh/gossip/heard-times.ts';
import { nodeId } from './fixtures/documents.ts';

const DAY_S = 86_400;

t.test('thirty days after the last word', async (t) => {
  const times = new HeardTimes();
  t.ok(times.isLately(nodeId(7), 1e9), 'nothing is known');
  times.heard(nodeId(7), 1e9 + 0.7);
  t.ok(times.isLately(nodeId(7), 1e9 + 30 * DAY_S - 1));
  t.notOk(times.isLately(nodeId(7), 1e9 + 30 * DAY_S));
  t.ok(times.isLately(nodeId(7), 5), 'the clock went back');
  times.heard(nodeId(7), 1e9 + 29 * DAY_S);
  t.ok(times.isLately(nodeId(7), 1e9 + 31 * DAY_S));
  times.forget(nodeId(7));
  t.ok(times.isLately(nodeId(7), 2e9));
});

t.test('they outlive the process, and what is damaged is dropped', async (t) => {
  const times = new HeardTimes();
  times.heard(nodeId(7), 1e9);
  times.heard(nodeId(254), 2e9);
  const next = new HeardTimes();
  next.restore(JSON.parse(JSON.stringify(times.save())));
  t.same(next.save(), times.save());
  const other = new HeardTimes();
  other.restore({ heard: [null, 7, [], [0, 1], [255, 1], [7, 'x'], [8, 1.5], [9], ['9', 1], [10, 5]] });
  t.same(other.save(), { heard: [[10, 5]] });
  for (const nothing of [null, 3, { heard: 4 }]) other.restore(nothing);
  t.same(other.save(), { heard: [[10, 5]] });
});
