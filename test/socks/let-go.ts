import t from 'tap';
import type { Attempt } from '../../socks/connect-attempt.ts';
import { letGo, letGoOf } from '../../socks/let-go.ts';
import { streamPair } from '../fixtures/stream-pair.ts';
import { parseNodeId } from '../../config/node-id.ts';

const target = { host: { type: 'name', name: 'a.test' }, port: 443 } as const;
const makePair = () => streamPair({ target, client: parseNodeId(1)!, exit: parseNodeId(2)! });

t.test('the other end hears a reset, its owner here hears nothing more', async (t) => {
  const { near, far } = makePair();
  const heard: string[] = [];
  near.onEvent = ({ type }) => heard.push(`near ${type}`);
  far.onEvent = (event) => heard.push(`far ${event.type}${event.type === 'reset' ? ` ${event.reason}` : ''}`);
  letGo(near);
  await new Promise((resolve) => setImmediate(resolve));
  t.same(heard, ['far reset reset-by-near']);
});

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
