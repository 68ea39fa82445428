import t from 'tap';
import { pauseAfter } from '../../../mesh/peering/pause-after.ts';

t.test(
  'a peer that vanished is tried at once, one that left or began anew later, one that was put out never',
  async (t) => {
    t.equal(pauseAfter('silent'), 0);
    t.equal(pauseAfter('refused'), 0);
    t.ok(pauseAfter('restarted')! > 0 && pauseAfter('replaced')! > 0);
    t.ok(pauseAfter('restarting')! < pauseAfter('said-goodbye')!);
    t.ok(pauseAfter('said-goodbye')! > pauseAfter('restarted')!);
    t.ok(pauseAfter('superseded')! > pauseAfter('said-goodbye')!);
    t.equal(pauseAfter('removed'), null);
  },
);
