import { probeBackOffMs } from './probe-back-off.ts';
import type { RttEstimator } from './rtt-estimator.ts';
import type { SentPackets } from './sent-packets.ts';

/** A path that answered nothing for two probe timeouts, and for this long, in ms, is silent: another is to be used. */
const LEAST_SILENCE_MS = 400;
/** Where that would be longer than this, in ms, one will do, as another has answered meanwhile: connections queue a lot. */
const LONG_SILENCE_MS = 700;

/** What a path has left unanswered, and when to probe it. */
export class PathAnswers {
  readonly #rtt: RttEstimator;
  readonly #sent: SentPackets;
  #probes = 0;
  #probedAtMs = Number.NEGATIVE_INFINITY;
  #probeFromMs = 0;
  /** Since when something waits for an answer and nothing was heard. */
  #quietFromMs = 0;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #forgivenAtMs = Number.NEGATIVE_INFINITY;
  #progressAtMs = Number.NEGATIVE_INFINITY;
  #demotedAtMs = Number.NEGATIVE_INFINITY;
  #demotedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(rtt: RttEstimator, sent: SentPackets) {
    this.#rtt = rtt;
    this.#sent = sent;
  }

  /** Probes sent since the peer was last heard. */
  get unansweredProbes(): number {
    return this.#probes;
  }

  /** When something last came by this path, or silence was forgiven; -Infinity where that never was on this link. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** When a packet of this side was last acknowledged: what shows that the path works both ways. */
  get progressAtMs(): number {
    return this.#progressAtMs;
  }

  /** When the tail probe is due: Infinity while nothing is in flight. */
  get probeAtMs(): number {
    const oldest = this.#sent.oldest;
    if (oldest === null) return Number.POSITIVE_INFINITY;
    const { probeTimeoutMs } = this.#rtt;
    const silentMs = this.#probeFromMs - oldest.sentAtMs;
    const tailAtMs = this.#probeFromMs + probeBackOffMs(probeTimeoutMs, this.#probes, silentMs);
    const { silentSinceMs } = this;
    if (!this.#wasHeardSince(silentSinceMs)) return tailAtMs;
    // Whoever is heard all the time may not hear this side, or an ACK was lost, which nobody says again unasked.
    const askedForMs = this.#probedAtMs - silentSinceMs;
    const askAtMs = askedForMs < 0 ? silentSinceMs : this.#probedAtMs + Math.max(0, askedForMs - probeTimeoutMs);
    return Math.min(tailAtMs, askAtMs + probeTimeoutMs);
  }

  /** Since when what is in flight waits for any acknowledgement; Infinity while nothing is. */
  get silentSinceMs(): number {
    const oldest = this.#sent.oldest;
    return oldest === null ? Number.POSITIVE_INFINITY : Math.max(oldest.sentAtMs, this.#progressAtMs);
  }

  /** When to leave it, unless something is acknowledged before; Infinity while nothing is in flight. */
  get silentFromMs(): number {
    return this.silentSinceMs + this.#patienceMs;
  }

  /** Whether the peer was heard when it would have acknowledged what it got, and did not: it does not hear this side. */
  isUnheard(nowMs: number): boolean {
    // Before a sleep is long ago, and what is heard after it may have been sent meanwhile.
    const sinceMs = Math.max(this.silentSinceMs, this.#forgivenAtMs);
    return nowMs >= sinceMs + this.#patienceMs && this.#wasHeardSince(sinceMs);
  }

  /** Nothing that it answers lately is overdue: for one that carries data beside the path in use. */
  isAnswering(nowMs: number): boolean {
    return nowMs < this.silentSinceMs + this.#rtt.probeTimeoutMs;
  }

  /** Whether a relay has said that it leads nowhere, and nothing was answered that can have been sent since. */
  isDemoted(nowMs: number): boolean {
    return nowMs < this.#demotedUntilMs && this.#progressAtMs <= this.#demotedAtMs + this.#rtt.srttMs;
  }

  /** A relay says that it leads nowhere, which is believed until then. */
  demote(untilMs: number, nowMs: number): void {
    this.#demotedAtMs = nowMs;
    this.#demotedUntilMs = untilMs;
  }

  /** A packet that elicits an answer goes out, before it is noted. */
  sending(nowMs: number): void {
    if (this.#sent.count === 0) this.#quietFromMs = nowMs;
    // What is sent all the time, such as requests for repair, must not put the probe off for ever.
    const isPatient = this.#probes === 0 && nowMs - this.#quietFromMs < this.#rtt.probeTimeoutMs;
    if (this.#sent.count === 0 || isPatient) this.#probeFromMs = nowMs;
  }

  /** A valid packet of the peer arrived on this path. */
  heard(nowMs: number): void {
    this.#probes = 0;
    this.#probeFromMs = nowMs;
    this.#quietFromMs = nowMs;
    this.#heardAtMs = nowMs;
  }

  /** An acknowledgement of something new arrived. */
  progressed(nowMs: number): void {
    this.#progressAtMs = nowMs;
  }

  /** A tail probe goes out now. */
  probed(nowMs: number): void {
    this.#probes++;
    this.#probedAtMs = nowMs;
    this.#probeFromMs = nowMs;
  }

  /** The machine slept: what was learned about being unanswered says nothing. */
  forgive(nowMs: number): void {
    this.#probes = 0;
    this.#heardAtMs = nowMs;
    this.#forgivenAtMs = nowMs;
    this.#probeFromMs = nowMs - this.#rtt.probeTimeoutMs;
  }

  /** The path has a new link. */
  restart(): void {
    this.#probes = 0;
    this.#heardAtMs = Number.NEGATIVE_INFINITY;
    this.#progressAtMs = Number.NEGATIVE_INFINITY;
    this.#demotedUntilMs = Number.NEGATIVE_INFINITY;
  }

  get #patienceMs(): number {
    const { probeTimeoutMs } = this.#rtt;
    const patienceMs = Math.min(2 * probeTimeoutMs, Math.max(probeTimeoutMs, LONG_SILENCE_MS));
    return Math.max(patienceMs, LEAST_SILENCE_MS);
  }

  /** Whether anything came so long after that instant that it may tell of what was sent then. */
  #wasHeardSince(sinceMs: number): boolean {
    return this.#heardAtMs >= sinceMs + this.#rtt.srttMs;
  }
}
