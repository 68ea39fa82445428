/** The two clocks of a machine. Everything below `node/` is handed their readings as arguments. */
export interface Clock {
  /** Milliseconds since some fixed moment; never steps, and may stand still while the machine sleeps. */
  nowMs(): number;
  /** Milliseconds since 1970; steps whenever somebody sets the clock. */
  wallMs(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
};
