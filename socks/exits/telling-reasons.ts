import type { RefusalReason } from '../../mesh/session/stream-codes.ts';

/** From telling to vague. */
const TELLING: readonly RefusalReason[] = [
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

/** Which of two reasons why exits did not connect says more about the site; of equals the first. */
export function moreTelling(one: RefusalReason, other: RefusalReason): RefusalReason {
  return TELLING.indexOf(other) < TELLING.indexOf(one) ? other : one;
}
