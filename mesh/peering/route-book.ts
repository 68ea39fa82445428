import type { NodeId } from '../../config/node-id.ts';
import { type FirstHop, RoutedLink, type Relays } from './routed-link.ts';

/** What a relay says of messages is looked at no more often, in ms: it costs a search. */
const COMPLAINT_INTERVAL_MS = 20;

/** The ways over relays that are in use, each once. One on which nobody has proven himself is not in it. */
export class RouteBook {
  readonly #links = new Map<number, RoutedLink>();
  readonly #complainedAtMs = new Map<NodeId, number>();
  readonly #firstHop: (relay: NodeId) => FirstHop | null;

  /** @param firstHop the relay with this number, or null where it is not known. */
  constructor(firstHop: (relay: NodeId) => FirstHop | null) {
    this.#firstHop = firstHop;
  }

  /** The way to a node by these relays; a new one, not entered yet, where it is not in use. Null where the first is not known. */
  find(destination: NodeId, relays: Relays): RoutedLink | null {
    const known = this.#links.get(keyOf(destination, relays));
    if (known !== undefined) return known;
    const firstHop = this.#firstHop(relays[0]);
    if (firstHop === null) return null;
    return new RoutedLink(destination, relays, firstHop, (link) => this.#remove(link));
  }

  enter(link: RoutedLink): void {
    this.#links.set(keyOf(link.destination, link.relays), link);
  }

  /** Those that begin with this relay. */
  by(relay: NodeId): RoutedLink[] {
    return [...this.#links.values()].filter(({ relays }) => relays[0] === relay);
  }

  /** Those with this relay on them. */
  through(relay: NodeId): RoutedLink[] {
    return [...this.#links.values()].filter(({ relays }) => relays.some((other) => other === relay));
  }

  /** The way by this relay on which a message with this tag was sent lately, or null. */
  sentBy(relay: NodeId, tag: Uint8Array, nowMs: number): RoutedLink | null {
    if (nowMs - (this.#complainedAtMs.get(relay) ?? Number.NEGATIVE_INFINITY) < COMPLAINT_INTERVAL_MS) return null;
    this.#complainedAtMs.set(relay, nowMs);
    for (const link of this.#links.values()) {
      if (link.relays.some((other) => other === relay) && link.hasSent(tag)) return link;
    }
    return null;
  }

  #remove(link: RoutedLink): void {
    const key = keyOf(link.destination, link.relays);
    if (this.#links.get(key) === link) this.#links.delete(key);
  }
}

function keyOf(destination: NodeId, relays: Relays): number {
  return (destination << 16) | (relays[0] << 8) | (relays[1] ?? 0);
}
