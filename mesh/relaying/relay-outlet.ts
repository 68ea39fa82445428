import { MessageBatch } from '../peering/message-batch.ts';
import type { PeerLink } from '../peering/peer-link.ts';

/** How much a link that is full may be given on top, in ms of what comes (PROTOCOL section 7): after that it drops. */
const MAX_QUEUE_MS = 20;

/** Where a relay puts what goes to one link. */
export class RelayOutlet {
  readonly batch: MessageBatch;
  readonly #peerLink: PeerLink;
  #fullSinceMs = Number.POSITIVE_INFINITY;

  constructor(peerLink: PeerLink) {
    this.#peerLink = peerLink;
    this.batch = new MessageBatch(peerLink.link);
  }

  /** True where the link takes a message of this length now. */
  takes(bytes: number, nowMs: number): boolean {
    const { link } = this.#peerLink;
    if (bytes > (link.reliable ? link.maxMessageBytes : link.maxProbeBytes)) return false;
    if (link.writable) {
      this.#fullSinceMs = Number.POSITIVE_INFINITY;
      return true;
    }
    this.#fullSinceMs = Math.min(this.#fullSinceMs, nowMs);
    return nowMs - this.#fullSinceMs < MAX_QUEUE_MS;
  }
}
