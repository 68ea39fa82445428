import type { PeerLink } from './peer-link.ts';

/** Most messages that wait for a HELLO, and for how long, in ms (PROTOCOL section 3). */
const MAX_HELD = 8;
const HOLD_MS = 100;
/** Longer messages come over reliable links, which do not reorder. */
const MAX_HELD_BYTES = 2_048;

interface HeldMessage {
  readonly bytes: Uint8Array;
  readonly peerLink: PeerLink;
  readonly atMs: number;
}

/** Messages sealed with a key of the peer's that its HELLO, overtaken on the way, is about to bring. */
export class HeldMessages {
  #messages: HeldMessage[] = [];

  /** Keeps a copy, where there is room. */
  hold(bytes: Uint8Array, peerLink: PeerLink, nowMs: number): void {
    this.#messages = this.#messages.filter((message) => nowMs - message.atMs < HOLD_MS);
    if (this.#messages.length < MAX_HELD && bytes.length <= MAX_HELD_BYTES) {
      this.#messages.push({ bytes: new Uint8Array(bytes), peerLink, atMs: nowMs });
    }
  }

  /** What is still fresh, once. */
  take(nowMs: number): HeldMessage[] {
    const fresh = this.#messages.filter((message) => nowMs - message.atMs < HOLD_MS);
    this.#messages = [];
    return fresh;
  }
}
