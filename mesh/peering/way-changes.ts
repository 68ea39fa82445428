import { Allowance } from '../gossip/allowance.ts';
import type { PathReason } from '../session/session-paths.ts';
import type { PeerLink } from './peer-link.ts';

/** So many changes are told at once, and one more in so many ms: a way that comes and goes must not fill the log. */
const TOLD_AT_ONCE = 4;
const TOLD_INTERVAL_MS = 20_000;

const REASONS: Readonly<Record<PathReason, string>> = {
  only: 'there is no other way now',
  closed: 'the link in use ended',
  silent: 'the way in use did not answer',
  unreachable: 'a relay said that the way in use leads nowhere',
  better: 'it has been better than the way in use for a while',
  moved: 'it is a new direct link',
};

/** Puts into words when and why a session goes another way: directly or by relays, by UDP or by TCP. */
export class WayChanges {
  readonly #allowance = new Allowance(TOLD_AT_ONCE, TOLD_INTERVAL_MS);
  #link: PeerLink | null = null;
  /** The way that was told last, or the first one. */
  #way: string | null = null;
  #isLost = false;
  #untold = 0;
  /** When to tell what could not be told so far, in ms; Infinity where there is nothing. */
  #tellAtMs = Number.POSITIVE_INFINITY;

  /** The session sends by this link now, for this reason. Returns what is to be told of that; null most of the time. */
  review(link: PeerLink | null, reason: PathReason, nowMs: number): string | null {
    if (link === this.#link && nowMs < this.#tellAtMs) return null;
    this.#link = link;
    if (link === null) {
      this.#isLost = true;
      return null;
    }
    const isLost = this.#isLost;
    this.#isLost = false;
    const way = wayOf(link);
    const from = this.#way ?? way;
    if (way === from) {
      if (this.#untold > 0) this.#untold++;
      this.#way = way;
      this.#tellAtMs = Number.POSITIVE_INFINITY;
      return null;
    }
    if (this.#allowance.take(1, nowMs) === 0) {
      if (this.#tellAtMs === Number.POSITIVE_INFINITY) this.#untold++;
      this.#tellAtMs = nowMs + TOLD_INTERVAL_MS;
      return null;
    }
    const changes = this.#untold === 1 ? 'change' : 'changes';
    const untold = this.#untold === 0 ? '' : `, after ${this.#untold} more ${changes}`;
    const why = REASONS[isLost && reason === 'only' ? 'closed' : reason];
    this.#way = way;
    this.#untold = 0;
    this.#tellAtMs = Number.POSITIVE_INFINITY;
    return `${way} now, ${from} before${untold}: ${why}`;
  }

  /** The session is over: the first way of the next one is no change. */
  end(): void {
    this.#link = null;
    this.#way = null;
    this.#isLost = false;
    this.#untold = 0;
    this.#tellAtMs = Number.POSITIVE_INFINITY;
  }
}

function wayOf({ link, relay1, relay2 }: PeerLink): string {
  if (relay2 !== 0) return `by relays ${relay1} and ${relay2}`;
  if (relay1 !== 0) return `by relay ${relay1}`;
  return `directly by ${link.remote.split(':', 1)[0]!.toUpperCase()}`;
}
