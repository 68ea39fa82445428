import t from 'tap';
import { pendingDecision } from '../../../socks/exits/pending-decision.ts';
import { ask } from './fixtures/chooser-setup.ts';

t.test('a decision begins with nothing decided, and waits until its deadline', async (t) => {
  t.same(pendingDecision('key', ask('a'), 7, 12), {
    key: 'key',
    request: ask('a'),
    startedMs: 7,
    deadlineMs: 12,
    wakeAtMs: 12,
    race: null,
    races: 0,
    leaving: null,
    pinned: null,
    instead: null,
  });
});
