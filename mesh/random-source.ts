/** Where unpredictable bytes come from: the operating system in a process, a seeded generator in a simulation. */
export interface RandomSource {
  /** Overwrites all of `out` with random bytes. */
  fill(out: Uint8Array): void;
}
