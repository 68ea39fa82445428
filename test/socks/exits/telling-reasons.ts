import t from 'tap';
import type { RefusalReason } from '../../../mesh/session/stream-codes.ts';
import { moreTelling } from '../../../socks/exits/telling-reasons.ts';

/** From telling to vague. */
const REASONS: readonly RefusalReason[] = [
  'connection-refused',
  'no-such-host',
  'not-allowed',
  'timed-out',
  'host-unreachable',
  'network-unreachable',
  'overloaded',
  'not-an-exit',
  'failed',
];

t.test('what the site itself said says more than what the exit could not do', async (t) => {
  for (const [rank, reason] of REASONS.entries()) {
    for (const [otherRank, other] of REASONS.entries()) {
      t.equal(moreTelling(reason, other), rank <= otherRank ? reason : other, `${reason} and ${other}`);
    }
  }
});
