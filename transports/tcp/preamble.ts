import { randomInteger } from '../random-integer.ts';
import type { RandomBytes } from '../random-integer.ts';

/** How long a preamble is, in bytes (PROTOCOL section 6). */
export const MIN_PREAMBLE_BYTES = 8;
export const MAX_PREAMBLE_BYTES = 32;

const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

/** Random printable bytes of random length, for the start of one direction of one connection. */
export function makePreamble(random: RandomBytes): Uint8Array {
  const preamble = new Uint8Array(randomInteger(random, MIN_PREAMBLE_BYTES, MAX_PREAMBLE_BYTES));
  for (let i = 0; i < preamble.length; i += 1) preamble[i] = randomInteger(random, FIRST_PRINTABLE, LAST_PRINTABLE);
  return preamble;
}

/** Whether `byte` may stand in a preamble. */
export function isPrintable(byte: number): boolean {
  return byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE;
}
