/** Longest wait between probes, in ms: in the first ten seconds of silence, in the first minute, and later. */
const STEPS = [
  { silentMs: 10_000, longestMs: 500 },
  { silentMs: 60_000, longestMs: 5_000 },
] as const;
const LONGEST_MS = 60_000;

/** The longest wait between two questions to a peer that has been silent for so long, both in ms. */
export function longestPauseMs(silentMs: number): number {
  return STEPS.find((step) => silentMs <= step.silentMs)?.longestMs ?? LONGEST_MS;
}

/**
 * How long to wait before a probe, in ms: the probe timeout, doubled for each one before that was not answered, but
 * short enough to find a network that is back soon, and long enough not to keep a parked machine awake
 * (PROTOCOL section 4). `silentMs`: how long the peer has left things unanswered.
 */
export function probeBackOffMs(probeTimeoutMs: number, unanswered: number, silentMs: number): number {
  return Math.max(probeTimeoutMs, Math.min(probeTimeoutMs * 2 ** Math.min(unanswered, 20), longestPauseMs(silentMs)));
}
