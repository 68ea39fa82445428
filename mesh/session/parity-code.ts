import { divide } from './galois-field.ts';

/** Packets of one parity group at most (PROTOCOL section 4). */
export const MAX_PARITY_MEMBERS = 20;
/** Rows of parity for one group at most. */
export const MAX_PARITY_ROWS = 8;
/** Of these by the path of the group itself. */
const MAX_OWN_ROWS = 6;
/** The longest sum, in bytes: more than any datagram that networks pass on whole. */
export const MAX_PARITY_SUM_BYTES = 9_000;
/** The lowest and the highest number of a group lie less far apart than this. */
export const MAX_PARITY_SPAN = 64;

/** Share of groups that may stay incomplete. */
const ACCEPTED_FAILURES = 0.01;
/** What is assumed of a lossy path at least and at most: estimates of few packets are coarse. */
const LEAST_LOSS = 0.01;
const MOST_LOSS = 0.15;

/**
 * By what row `row` of a group multiplies its member at place `index`: a Cauchy matrix over GF(256) whose columns are
 * scaled so that row 0 is a plain XOR. Any n rows restore any n lost members.
 */
export function parityFactor(row: number, index: number): number {
  const column = 8 + index;
  return divide(column, row ^ column);
}

/** How many rows a group of `members` packets gets so that what arrives of it nearly always restores the rest. */
export function parityRows(members: number, lossShare: number): number {
  const loss = Math.min(MOST_LOSS, Math.max(LEAST_LOSS, lossShare));
  for (let rows = 1; rows < MAX_OWN_ROWS; rows++) {
    if (failureShare(members + rows, rows, loss) <= ACCEPTED_FAILURES) return rows;
  }
  return MAX_OWN_ROWS;
}

/** The probability that more than `most` of `packets` are lost. */
function failureShare(packets: number, most: number, loss: number): number {
  let term = (1 - loss) ** packets;
  let sum = term;
  for (let lost = 1; lost <= most; lost++) {
    term *= ((packets - lost + 1) / lost) * (loss / (1 - loss));
    sum += term;
  }
  return 1 - sum;
}
