import t from 'tap';
import { rolesText } from '../../../node/cli/roles-text.ts';

t.test('what a node is certified for, after its name', async (t) => {
  for (const [exit, relay, text] of [
    [false, false, ''],
    [true, false, ', an exit'],
    [false, true, ', a relay'],
    [true, true, ', an exit and a relay'],
  ] as const) {
    t.equal(rolesText({ exit, relay }), text);
  }
});
