import t from 'tap';
import { letGo } from '../../socks/let-go.ts';
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
