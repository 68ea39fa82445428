import { Allowance } from '../gossip/allowance.ts';

/** Messages in rounds that begin by themselves, and more in those that something gave reason for: at once, and one in so many ms. */
const USUAL_MESSAGES = 16;
const ASKED_MESSAGES = 8;
const INTERVAL_MS = 960_000;
/** For how long an address counts as the peer's after it answered there no more, in ms. */
const PROVEN_MS = 3_600_000;
/** How often the network may seem to be back, in ms. */
const BACK_INTERVAL_MS = 3_600_000;

/**
 * How often a peer may be tried at addresses that only its record names: they may be a stranger's, whom a member could otherwise have
 * 253 nodes talk to. The limit is one for all of them, whatever the record says next (PROTOCOL section 5).
 */
export class HearsayDials {
  #usual = new Allowance(USUAL_MESSAGES, INTERVAL_MS);
  #asked = new Allowance(ASKED_MESSAGES, INTERVAL_MS);
  /** The addresses, as URLs, that was tried longest ago first. */
  #urls: readonly string[] = [];
  #isAsked = false;
  #backAtMs = Number.NEGATIVE_INFINITY;
  #triedInVainMs: number | null = null;

  /** Says which addresses only the record names, as URLs. */
  set(urls: readonly string[]): void {
    const kept = this.#urls.filter((url) => urls.includes(url));
    this.#urls = [...urls.filter((url) => !kept.includes(url)), ...kept];
  }

  /** What was sent until now went nowhere: this side has another network. */
  reset(): void {
    this.#usual = new Allowance(USUAL_MESSAGES, INTERVAL_MS);
    this.#asked = new Allowance(ASKED_MESSAGES, INTERVAL_MS);
    this.#triedInVainMs = null;
  }

  /** The network seems to be back. Peers that come and go can make it seem so, so that this counts once an hour. */
  networkBack(nowMs: number): void {
    if (nowMs - this.#backAtMs < BACK_INTERVAL_MS) return;
    this.#backAtMs = nowMs;
    this.reset();
  }

  /** A round of attempts begins: by itself, or because somebody wants the peer, or hears it. */
  roundBegins(isAsked: boolean): void {
    this.#isAsked = isAsked;
  }

  /** The peer was heard on a link that this side dialled. */
  heard(): void {
    this.#triedInVainMs = null;
  }

  /** Whether a message may go to this address now, which then counts. `lastGood`: where the peer answered last, or null. */
  mayTry(url: string, lastGood: string | null, nowMs: number): boolean {
    this.#triedInVainMs ??= nowMs;
    const isProven = url === lastGood && nowMs - this.#triedInVainMs < PROVEN_MS;
    if (isProven || !this.#urls.includes(url)) return true;
    // With a few left each has its turn, or the first would use up what the others wait for.
    if (this.#left(nowMs) < this.#urls.length && this.#urls[0] !== url) return false;
    if (this.#usual.take(1, nowMs) === 0 && !(this.#isAsked && this.#asked.take(1, nowMs) === 1)) return false;
    this.#urls = [...this.#urls.filter((other) => other !== url), url];
    return true;
  }

  #left(nowMs: number): number {
    return this.#usual.left(nowMs) + (this.#isAsked ? this.#asked.left(nowMs) : 0);
  }
}
