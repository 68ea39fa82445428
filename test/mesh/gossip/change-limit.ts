import t from 'tap';
import { ChangeLimit } from '../../../mesh/gossip/change-limit.ts';
import { nodeId } from './fixtures/documents.ts';

const HOUR_MS = 3_600_000;

t.test('sixty within any hour, for each owner', async (t) => {
  const limit = new ChangeLimit();
  for (let change = 0; change < 60; change++) {
    t.notOk(limit.isExhausted(nodeId(1), change * 1_000));
    limit.count(nodeId(1), change * 1_000);
  }
  t.ok(limit.isExhausted(nodeId(1), 60_000));
  t.ok(limit.isExhausted(nodeId(1), HOUR_MS - 1));
  t.notOk(limit.isExhausted(nodeId(2), 60_000));
  t.notOk(limit.isExhausted(nodeId(1), HOUR_MS), 'the first is an hour ago');
  limit.count(nodeId(1), HOUR_MS);
  t.ok(limit.isExhausted(nodeId(1), HOUR_MS + 999), 'the second is not yet');
  t.notOk(limit.isExhausted(nodeId(1), HOUR_MS + 1_000));
});

t.test('a number with another owner begins anew', async (t) => {
  const limit = new ChangeLimit();
  for (let change = 0; change < 60; change++) for (const number of [1, 2]) limit.count(nodeId(number), 0);
  limit.forget(nodeId(1));
  t.notOk(limit.isExhausted(nodeId(1), 0));
  t.ok(limit.isExhausted(nodeId(2), 0));
});
