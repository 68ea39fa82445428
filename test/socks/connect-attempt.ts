import t from 'tap';
import { parseNodeId } from '../../config/node-id.ts';
import { type Attempt, letGoOf } from '../../socks/connect-attempt.ts';
import { streamPair } from '../fixtures/stream-pair.ts';

const target = { host: { type: 'name', name: 'a.test' }, port: 443 } as const;
const makePair = () => streamPair({ target, client: parseNodeId(1)!, exit: parseNodeId(2)! });

t.test('what an attempt has is given up once', async (t) => {
  const [first, second] = [makePair(), makePair()];
  const exit = parseNodeId(2)!;
  const opened = { type: 'opened', bound: target, connectMs: 1, destination: null } as const;
  const attempt: Pick<Attempt, 'opening' | 'parked'> = {
    opening: { exit, stream: first.near },
    parked: { exit, site: 'a.test', stream: second.near, opened },
  };
  letGoOf(attempt, 'opening');
  t.equal(attempt.opening, null);
  t.same([first.near.over, second.near.over], [true, false]);
  letGoOf(attempt, 'opening');
  letGoOf(attempt, 'parked');
  t.same([attempt.parked, second.near.over], [null, true]);
});
