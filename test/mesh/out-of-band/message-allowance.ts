import t from 'tap';
import { MessageAllowance } from '../../../mesh/out-of-band/message-allowance.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const A = nodeId(1);
const B = nodeId(2);

function taken(allowance: MessageAllowance, tries: number, nowMs: number): number {
  return Array.from({ length: tries }, () => allowance.take(A, nowMs)).filter(Boolean).length;
}

t.test('so many at once, and then so many a second', async (t) => {
  const allowance = new MessageAllowance(4, 10);
  t.equal(taken(allowance, 100, 0), 10);
  t.equal(taken(allowance, 100, 249), 0);
  t.equal(taken(allowance, 100, 250), 1);
  t.equal(taken(allowance, 100, 1_250), 4);
  t.equal(taken(allowance, 100, 3_600_000), 10, 'rest is not saved up beyond that');
});

t.test('each member has its own', async (t) => {
  const allowance = new MessageAllowance(4, 1);
  t.ok(allowance.take(A, 0));
  t.notOk(allowance.take(A, 0));
  t.ok(allowance.take(B, 0));
});
