import type { SessionPath } from './session-path.ts';

/** Death also waits for this many probe timeouts. */
const DEATH_PROBE_TIMEOUTS = 3;
/** After a sleep nothing is declared dead for this long, in ms. */
const AMNESTY_MS = 10_000;

/** How long the peer has left something unanswered, and when that means its death (PROTOCOL section 4). */
export class Silence {
  readonly #deathAfterMs: number;
  #heardAtMs: number;
  /** Since when something waits without any link to send it on. */
  #strandedAtMs = Number.POSITIVE_INFINITY;
  #amnestyUntilMs = Number.NEGATIVE_INFINITY;

  /** @param deathAfterMs Infinity where silence is waited out. */
  constructor(deathAfterMs: number, nowMs: number) {
    this.#deathAfterMs = deathAfterMs;
    this.#heardAtMs = nowMs;
  }

  /** When anything last came, or the session began. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
  }

  /** Notes whether something waits and no link is there. */
  stranded(isStranded: boolean, nowMs: number): void {
    if (!isStranded) this.#strandedAtMs = Number.POSITIVE_INFINITY;
    else if (this.#strandedAtMs === Number.POSITIVE_INFINITY) this.#strandedAtMs = nowMs;
  }

  /** The machine slept. */
  forgive(nowMs: number): void {
    this.#amnestyUntilMs = nowMs + AMNESTY_MS;
  }

  /**
   * When the session is dead unless something is heard, on any path: Infinity while nothing is outstanding on the one in
   * use. Others are asked for answers all the time, and may owe some.
   */
  deathAtMs(active: SessionPath | null): number {
    const oldestAtMs = active?.sent.oldest?.sentAtMs ?? Number.POSITIVE_INFINITY;
    const waitingSinceMs = Math.min(this.#strandedAtMs, oldestAtMs);
    if (waitingSinceMs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const patienceMs = Math.max(this.#deathAfterMs, DEATH_PROBE_TIMEOUTS * (active?.rtt.probeTimeoutMs ?? 0));
    return Math.max(Math.max(this.#heardAtMs, waitingSinceMs) + patienceMs, this.#amnestyUntilMs);
  }
}
