import { TICK_UNKNOWN } from './header.ts';

/** The unit of all times in a header, in ms. */
const TICK_MS = 4;

/** The `time_s` of a header: whole seconds since 1970 of a wall clock in ms since then, as a u32 that starts again in 2106. */
export function timeSecondsOf(wallMs: number): number {
  return Math.floor(wallMs / 1000) % 0x1_0000_0000;
}

/** The `tick` of a header: 4 ms units within the second, 0 to 249. */
export function tickOf(wallMs: number): number {
  return Math.floor((wallMs - Math.floor(wallMs / 1000) * 1000) / TICK_MS);
}

/**
 * How many 4 ms units `wallMs` lies after the origin's time in a header, 0 to 254; {@link TICK_UNKNOWN} where it lies
 * further away or before, because clocks differ.
 */
export function ticksAfter(timeSeconds: number, tick: number, wallMs: number): number {
  const ticks = Math.floor((wallMs - timeSeconds * 1000) / TICK_MS) - tick;
  return ticks >= 0 && ticks < TICK_UNKNOWN ? ticks : TICK_UNKNOWN;
}
