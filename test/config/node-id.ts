import t from 'tap';
import { MAX_NODE_ID, parseNodeId } from '../../config/node-id.ts';

t.test('1 to 254 and nothing else', async (t) => {
  for (let id = 1; id <= MAX_NODE_ID; id++) t.equal(parseNodeId(id), id);
  for (const id of [0, -1, 255, 256, 1.5, NaN, Infinity, -Infinity]) t.equal(parseNodeId(id), null, String(id));
});
