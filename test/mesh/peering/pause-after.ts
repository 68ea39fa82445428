import t from 'tap';
import { pauseAfter } from '../../../mesh/peering/pause-after.ts';

t.test(
  'a peer that vanished is tried at once, one that left or began anew later, one that was put out never',
  async (t) => {
    t.equal(pauseAfter('silent'), 0);
    t.equal(pauseAfter('refused'), 0);
    t.ok(pauseAfter('restarted')! > 0 && pauseAfter('replaced')! > 0);
    t.ok(pauseAfter('restarting')! > 0);
    t.ok(pauseAfter('said-goodbye')! > 0 && pauseAfter('said-goodbye')! <= 2_000, 'a relay may be back at once');
    t.ok(pauseAfter('superseded')! > pauseAfter('said-goodbye')!);
    t.equal(pauseAfter('removed'), null);
  },
);
