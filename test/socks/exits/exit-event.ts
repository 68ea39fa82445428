import t from 'tap';
import { moveText, type MoveReason } from '../../../socks/exits/exit-event.ts';
import { nodeId } from '../fixtures/node-ids.ts';

t.test('a move in words', async (t) => {
  const text = (reason: MoveReason, from: number | null = 3): string =>
    moveText({ type: 'moved', site: 'a.test', from: from === null ? null : nodeId(from), to: nodeId(7), reason });
  t.equal(text('exit-gone'), 'site a.test moved from 3 to 7 because exit 3 stayed away for too long');
  t.equal(text('not-answering'), 'site a.test moved from 3 to 7 because exit 3 did not answer in time');
  t.equal(text('rule'), 'site a.test moved from 3 to 7 because the rules do not allow exit 3 for it');
  t.match(text('exit-gone', null), /from an unknown exit to 7 because its exit stayed/);
});
