import t from 'tap';
import { moreTelling } from '../../../socks/exits/telling-reasons.ts';

t.test('what the site itself said says more than what the exit could not do, and that more than nothing', async (t) => {
  for (const site of ['connection-refused', 'no-such-host'] as const) {
    for (const exit of ['timed-out', 'host-unreachable', 'network-unreachable', 'overloaded'] as const) {
      for (const [more, less] of [
        [site, exit],
        [exit, 'not-an-exit'],
        [exit, 'failed'],
      ] as const) {
        t.equal(moreTelling(more, less), more, `${more}, then ${less}`);
        t.equal(moreTelling(less, more), more, `${less}, then ${more}`);
      }
    }
  }
  t.equal(moreTelling('timed-out', 'timed-out'), 'timed-out');
});
