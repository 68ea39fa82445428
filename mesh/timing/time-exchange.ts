/**
 * One question and answer of TIME by one way: the four timestamps of NTP (RFC 5905 section 8), and the ticks that relays
 * wrote into the headers of both. Clocks in ms.
 */
export interface TimeExchange {
  /** By the own clock that never steps: when the question left, and the answer came. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** By the own wall clock: when the question left. */
  readonly askedWallMs: number;
  /** By the other's wall clock: when the question came, and the answer left. */
  readonly arrivedWallMs: number;
  readonly leftWallMs: number;
  /** Of the relays, in the order in which the question and the answer passed them. */
  readonly ticksThere: readonly number[];
  readonly ticksBack: readonly number[];
}

/** Round trip of an exchange in ms, without what the other took to answer. */
export function roundTripMs({ askedMs, answeredMs, arrivedWallMs, leftWallMs }: TimeExchange): number {
  return answeredMs - askedMs - (leftWallMs - arrivedWallMs);
}

/** How far the other's wall clock is ahead of the own clock that never steps, were the way as long there as back, in ms. */
export function aheadMs({ askedMs, answeredMs, arrivedWallMs, leftWallMs }: TimeExchange): number {
  return (arrivedWallMs - askedMs + (leftWallMs - answeredMs)) / 2;
}
