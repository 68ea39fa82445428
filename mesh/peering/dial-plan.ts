import { type Endpoint, formatEndpoint } from '../../config/endpoint.ts';

/** How long after one endpoint the next one is tried, in ms (RFC 8305 section 5). */
const STAGGER_MS = 250;
/** How long after the last endpoint ways over relays are tried as well, in ms: a direct answer is worth waiting for. */
const DETOUR_AFTER_MS = 500;
/** How long a round of attempts is waited for, in ms. */
const ROUND_MS = 5_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Of a peer that nobody hears, where others would tell. */
const HOPELESS_PAUSE_MS = 600_000;
/** What is likely to be back is tried more often, in ms: sites wait for their exit for 30 s, streams 4.5 s for their only relay. */
const SOON_MS = 35_000;
/**
 * Where every dial fails within this many ms, unrefused, there is no network at all, as between two of them: for a while
 * that is tried again soon, because what waits for a way is given up after a few seconds, and no packet leaves.
 */
const AT_ONCE_MS = 50;
const AWAY_MS = 10_000;
const AWAY_PAUSE_MS = 300;
const TRANSPORT_ORDER = ['udp', 'tcp', 'kcp', 'wss'] as const;

/** What to do now. */
export interface Dials {
  readonly endpoints: readonly Endpoint[];
  /** Try ways over relays, and say with {@link DialPlan.detoured} how many there are. */
  readonly byRelays: boolean;
  /** The round ended without an answer: its links should be closed. */
  readonly isOver: boolean;
}

/**
 * When to dial which of a peer's endpoints: what worked last first, then UDP, TCP, KCP and wss, 250 ms apart, then ways
 * over relays; a round that brought nothing is followed by a pause, doubling from 1 s to 60 s, or to 10 min where it is hopeless.
 */
export class DialPlan {
  /** Whether nobody else hears the peer, and others would say so. */
  isHopeless = false;
  #endpoints: readonly Endpoint[] = [];
  #lastGood: string | null = null;
  #state: 'resting' | 'dialling' | 'pausing' = 'resting';
  #next = 0;
  #open = 0;
  #isDetoured = false;
  #isAtOnce = false;
  /** Somebody has refused in this round. */
  #isRefused = false;
  /** When this round began, and when the first of them since it last rested. */
  #startedMs = 0;
  #sinceMs = 0;
  #failedRounds = 0;
  #atMs = Number.POSITIVE_INFINITY;
  #roundEndsAtMs = Number.POSITIVE_INFINITY;
  #soonUntilMs = Number.NEGATIVE_INFINITY;

  /** Whether a round is under way or to come. */
  get isActive(): boolean {
    return this.#state !== 'resting';
  }

  /** Whether the next round begins by itself. */
  get isPausing(): boolean {
    return this.#state === 'pausing';
  }

  /** The endpoint that answered last, as a URL, or null. */
  get lastGood(): string | null {
    return this.#lastGood;
  }

  /** Where it is dialled, in this order. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  get endpointCount(): number {
    return this.#endpoints.length;
  }

  /** When to call {@link takeDials}. */
  get wakeAtMs(): number {
    return this.#state === 'resting' ? Number.POSITIVE_INFINITY : this.#atMs;
  }

  /** Sets where the peer can be reached, and what worked last, as a URL. Endpoints that repeat others count once. */
  setEndpoints(endpoints: readonly Endpoint[], lastGood: string | null): void {
    this.#lastGood = lastGood;
    const before = new Set(this.#endpoints.map(formatEndpoint));
    const seen = new Set<string>();
    const unique = endpoints.filter((endpoint) => {
      const url = formatEndpoint(endpoint);
      if (seen.has(url)) return false;
      seen.add(url);
      return true;
    });
    this.#endpoints = unique.toSorted((a, b) => this.#rank(a) - this.#rank(b));
    // Its address has changed: why the last round failed.
    if (this.#state === 'pausing' && [...seen].some((url) => !before.has(url))) this.#atMs = Number.NEGATIVE_INFINITY;
  }

  /** Begins a round now, unless one is under way. */
  start(nowMs: number): void {
    if (this.#state === 'dialling') return;
    if (this.#state === 'resting') this.#sinceMs = nowMs;
    this.#state = 'dialling';
    this.#next = 0;
    this.#open = 0;
    this.#isDetoured = false;
    this.#isAtOnce = false;
    this.#isRefused = false;
    this.#startedMs = nowMs;
    this.#atMs = nowMs;
    this.#roundEndsAtMs = nowMs + ROUND_MS;
  }

  /** Begins a round now, whatever is under way, with all endpoints at once. Failures of before say nothing any more. */
  startAnew(nowMs: number): void {
    this.#state = 'resting';
    this.#failedRounds = 0;
    this.start(nowMs);
    this.#isAtOnce = true;
  }

  /** Ends a pause. */
  hurry(nowMs: number): void {
    if (this.#state !== 'pausing') return;
    this.#failedRounds = 0;
    this.#atMs = Math.min(this.#atMs, nowMs);
  }

  /**
   * Begins a round after a pause, unless one is under way. The peer was there until now: for 35 s, or until `soonMs` where
   * that is later, pauses between rounds are 1 s.
   */
  startLater(nowMs: number, pauseMs: number, soonMs: number): void {
    this.#soonUntilMs = Math.max(nowMs + SOON_MS, soonMs);
    if (this.#state === 'dialling') return;
    if (this.#state === 'resting') this.#sinceMs = nowMs;
    this.#state = 'pausing';
    this.#atMs = nowMs + pauseMs;
  }

  /** The endpoint with this URL answered: no more attempts are made. */
  succeeded(url: string): void {
    this.setEndpoints(this.#endpoints, url);
    this.#state = 'resting';
    this.#failedRounds = 0;
  }

  stop(): void {
    this.#state = 'resting';
  }

  /** A link of this round failed: the next endpoint need not wait for its turn. */
  failed(isRefused: boolean, nowMs: number): void {
    if (this.#state !== 'dialling') return;
    this.#isRefused ||= isRefused;
    this.#open--;
    if (this.#next < this.#endpoints.length || !this.#isDetoured) this.#atMs = nowMs;
    else if (this.#open <= 0) this.#pause(nowMs);
  }

  /** There is no path any more: ways over relays, which were not needed when it was their turn, have it again. */
  detourAgain(nowMs: number): void {
    if (this.#state !== 'dialling' || !this.#isDetoured) return;
    this.#isDetoured = false;
    this.#atMs = nowMs;
  }

  /** So many ways over relays are being tried. */
  detoured(count: number, nowMs: number): void {
    this.#open += count;
    if (this.#state === 'dialling' && this.#open <= 0) this.#pause(nowMs);
  }

  takeDials(nowMs: number): Dials {
    if (this.#state === 'resting' || nowMs < this.#atMs) return { endpoints: [], byRelays: false, isOver: false };
    if (this.#state === 'pausing') this.start(nowMs);
    if (nowMs >= this.#roundEndsAtMs) {
      this.#pause(nowMs);
      return { endpoints: [], byRelays: false, isOver: true };
    }
    const endpoints = this.#endpoints.slice(this.#next, this.#isAtOnce ? undefined : this.#next + 1);
    const byRelays = endpoints.length === 0 && !this.#isDetoured;
    this.#next += endpoints.length;
    this.#open += endpoints.length;
    if (endpoints.length === 0) this.#isDetoured = true;
    this.#atMs = this.#roundEndsAtMs;
    if (this.#next < this.#endpoints.length) this.#atMs = nowMs + STAGGER_MS;
    else if (!this.#isDetoured) this.#atMs = nowMs + DETOUR_AFTER_MS;
    return { endpoints, byRelays, isOver: false };
  }

  #pause(nowMs: number): void {
    this.#state = 'pausing';
    const isAway = this.#endpoints.length > 0 && !this.#isRefused && nowMs - this.#startedMs < AT_ONCE_MS;
    if (isAway && nowMs - this.#sinceMs < AWAY_MS) {
      this.#atMs = nowMs + AWAY_PAUSE_MS;
      return;
    }
    if (nowMs < this.#soonUntilMs) this.#failedRounds = 0;
    const longestMs = this.isHopeless ? HOPELESS_PAUSE_MS : LONGEST_PAUSE_MS;
    this.#atMs = nowMs + Math.min(longestMs, FIRST_PAUSE_MS * 2 ** Math.min(this.#failedRounds, 10));
    this.#failedRounds++;
  }

  #rank(endpoint: Endpoint): number {
    if (formatEndpoint(endpoint) === this.#lastGood) return -1;
    return TRANSPORT_ORDER.indexOf(endpoint.transport);
  }
}
