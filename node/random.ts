import { randomFillSync } from 'node:crypto';
import type { RandomSource } from '../mesh/random-source.ts';

/** Random bytes from the operating system. */
export const systemRandom: RandomSource = {
  fill: (out) => {
    randomFillSync(out);
  },
};

/** Returns `count` fresh bytes of `random`. */
export function randomBytesOf(random: RandomSource, count: number): Uint8Array {
  const out = new Uint8Array(count);
  random.fill(out);
  return out;
}
