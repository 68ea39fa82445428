import { TICK_UNKNOWN } from './header.ts';

/** The unit of all ticks in a header, in ms. */
export const TICK_MS = 4;

/** The `time_s` of a header: whole seconds since 1970 of a wall clock in ms since then, as a u32 that starts again in 2106. */
export function timeSecondsOf(wallMs: number): number {
  return Math.floor(wallMs / 1000) % 0x1_0000_0000;
}

/** The `tick` of a header: 4 ms units within the second, 0 to 249. */
export function tickOf(wallMs: number): number {
  return Math.floor((wallMs - Math.floor(wallMs / 1000) * 1000) / TICK_MS);
}

/** How much time a relay's tick tells apart, in ms: it starts again after that, wherever clocks stand. */
export const TICK_CYCLE_MS = TICK_MS * TICK_UNKNOWN;

/** How many 4 ms units `wallMs` lies after the origin's time in a header, modulo 255: clocks may differ by anything. */
export function ticksAfter(timeSeconds: number, tick: number, wallMs: number): number {
  const ticks = (Math.floor((wallMs - timeSeconds * 1000) / TICK_MS) - tick) % TICK_UNKNOWN;
  return ticks < 0 ? ticks + TICK_UNKNOWN : ticks;
}
