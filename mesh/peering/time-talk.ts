import type { Frame } from '../session/frame.ts';
import { inEighths, isAsStamped, type TimeFrame } from '../timing/time-exchanges.ts';
import type { Header } from '../wire/header.ts';
import { TICK_MS } from '../wire/mesh-time.ts';
import type { PeerLink } from './peer-link.ts';

/** With what is sent anyway a question goes no more often, in ms. */
const RIDING_INTERVAL_MS = 1_000;

/** A question of the peer's. */
interface Question {
  readonly askedMs: number;
  readonly arrivedWallMs: number;
  readonly relay1Tick: number;
  readonly relay2Tick: number;
}

/**
 * Asks a peer what its clock shows, and answers. Only what leaves in the call that stamps it is worth something, so both
 * wait for {@link speak}, which is due before the session is ticked. Nothing but a table for people depends on it.
 */
export class TimeTalk {
  #asks: 'nobody' | 'on-active' | 'on-all' = 'nobody';
  #askedAtMs = Number.NEGATIVE_INFINITY;
  /** The newest of each link. */
  readonly #questions = new Map<PeerLink, Question>();

  /** Whether {@link speak} has something to say. */
  get isDue(): boolean {
    return this.#asks !== 'nobody' || this.#questions.size > 0;
  }

  /** Asks on every path. */
  ask(): void {
    this.#asks = 'on-all';
  }

  /** A packet that wants an answer leaves on the path in use anyway. */
  ride(): void {
    if (this.#asks === 'nobody') this.#asks = 'on-active';
  }

  /** Takes a TIME that came by this link, in a packet with this header. Both times are this moment, in ms. */
  heard(frame: TimeFrame, header: Header, peerLink: PeerLink, nowMs: number, wallMs: number): void {
    const headerMs = header.timeSeconds * 1_000 + header.tick * TICK_MS;
    const { relay1Tick, relay2Tick } = header;
    if (frame.answer !== null) {
      const ticks = [relay1Tick, relay2Tick].slice(0, peerLink.relayCount);
      peerLink.timing.exchanges.answered(frame, headerMs, ticks, nowMs);
    } else if (isAsStamped(frame.sentMs, headerMs)) {
      this.#questions.set(peerLink, { askedMs: frame.sentMs, arrivedWallMs: wallMs, relay1Tick, relay2Tick });
    }
  }

  /** Says what is due on the links of paths; `active` is the one in use. */
  speak(
    links: Iterable<PeerLink>,
    active: PeerLink | null,
    say: (pathId: number, frame: Frame) => void,
    nowMs: number,
    wallMs: number,
  ): void {
    for (const peerLink of links) {
      // What waits for the link, or for the peer to prove its address, is late.
      if (peerLink.pathId === null || !peerLink.isWritable) continue;
      const question = this.#questions.get(peerLink);
      if (question !== undefined) {
        const { askedMs, arrivedWallMs, relay1Tick, relay2Tick } = question;
        const sentMs = inEighths(wallMs);
        const heldMs = inEighths(Math.max(0, wallMs - arrivedWallMs));
        say(peerLink.pathId, { type: 'time', sentMs, answer: { askedMs, heldMs, relay1Tick, relay2Tick } });
      }
      if (this.#mayAsk(peerLink === active, nowMs)) {
        say(peerLink.pathId, peerLink.timing.exchanges.ask(nowMs, wallMs));
        if (peerLink === active) this.#askedAtMs = nowMs;
      }
    }
    this.#asks = 'nobody';
    this.#questions.clear();
  }

  #mayAsk(isActive: boolean, nowMs: number): boolean {
    switch (this.#asks) {
      case 'nobody':
        return false;
      case 'on-active':
        return isActive && nowMs - this.#askedAtMs >= RIDING_INTERVAL_MS;
      case 'on-all':
        return true;
    }
  }
}
