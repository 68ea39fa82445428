import type { PeerLink } from './peer-link.ts';
import { SentBytes } from './sent-bytes.ts';

/** Ways that are remembered; of more, those that ended last. */
const MAX_WAYS = 64;

/** What went by a way before: by links that lead the same way and are closed by now. */
export interface WayTotal {
  readonly sent: SentBytes;
  receivedBytes: number;
}

/** How much went by each way to a peer since the process began: ways are closed and opened again, and go on counting. */
export class WayTotals {
  readonly #totals = new Map<string, WayTotal>();

  /** A link is closed: what went by it is kept. */
  ended(peerLink: PeerLink): void {
    const { traffic, bytesReceived } = peerLink;
    if (traffic.totalBytes === 0 && bytesReceived === 0) return;
    const way = wayOf(peerLink);
    const total = this.#totals.get(way) ?? { sent: new SentBytes(), receivedBytes: 0 };
    total.sent.absorb(traffic);
    total.receivedBytes += bytesReceived;
    this.#totals.delete(way);
    this.#totals.set(way, total);
    const [oldest] = this.#totals.keys();
    if (this.#totals.size > MAX_WAYS && oldest !== undefined) this.#totals.delete(oldest);
  }

  /** What went by links like this one before, or null. */
  before(peerLink: PeerLink): WayTotal | null {
    return this.#totals.get(wayOf(peerLink)) ?? null;
  }
}

/** The relays, or how a direct link crosses the network: its address is another one after each change of the network. */
function wayOf({ link, relay1, relay2 }: PeerLink): string {
  return relay1 === 0 ? link.remote.split(':', 1)[0]! : `${relay1} ${relay2}`;
}
