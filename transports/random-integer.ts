/** Where unpredictable bytes come from. */
export interface RandomBytes {
  /** Overwrites all of `out` with random bytes. */
  fill(out: Uint8Array): void;
}

/** An integer from `low` to `high`, both included, `high - low` at most 2^24. Its bias is below one in 2^8. */
export function randomInteger(random: RandomBytes, low: number, high: number): number {
  const word = new Uint32Array(1);
  random.fill(new Uint8Array(word.buffer));
  return low + Math.floor((word[0]! / 0x1_0000_0000) * (high - low + 1));
}
