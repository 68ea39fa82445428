import type { NodeId } from '../../config/node-id.ts';
import type { Link } from '../link.ts';
import { SentTags } from './sent-tags.ts';

/** What relayed paths carry until more is known, and what path MTU discovery may try: Ethernet's, over IPv4. In bytes. */
const BASE_MESSAGE_BYTES = 1_232;
const MAX_MESSAGE_BYTES = 1_472;

/** The relay that is next to this node. */
export interface FirstHop {
  /** A link on which it has proven itself, and which its session uses; null where there is none. */
  readonly directLink: { readonly link: Link } | null;
}

/** One or two relays, the one next to this node first. */
export type Relays = readonly [NodeId] | readonly [NodeId, NodeId];

/**
 * The way to a node by one or two relays, in the shape of a link: it takes the first relay's link, whatever that is at the
 * moment, and is a datagram link at all events, since relays drop what they can't pass on at once.
 */
export class RoutedLink implements Link {
  readonly destination: NodeId;
  readonly relays: Relays;
  readonly reliable = false;
  readonly maxMessageBytes = BASE_MESSAGE_BYTES;
  readonly #firstHop: FirstHop;
  readonly #closed: (link: RoutedLink) => void;
  #lender: Link | null = null;
  /** Made with the first message: whoever claims a route makes a link of it. */
  #sentTags: SentTags | null = null;

  /** @param closed called when it is closed. */
  constructor(destination: NodeId, relays: Relays, firstHop: FirstHop, closed: (link: RoutedLink) => void) {
    this.destination = destination;
    this.relays = relays;
    this.#firstHop = firstHop;
    this.#closed = closed;
  }

  get remote(): string {
    const [first, second] = this.relays;
    const link = this.#firstHop.directLink?.link.remote ?? 'away';
    return second === undefined ? `relay ${first} (${link})` : `relays ${first}, ${second} (${link})`;
  }

  get maxProbeBytes(): number {
    const link = this.#firstHop.directLink?.link ?? null;
    if (link === null) return BASE_MESSAGE_BYTES;
    return Math.max(BASE_MESSAGE_BYTES, Math.min(MAX_MESSAGE_BYTES, link.reliable ? Infinity : link.maxProbeBytes));
  }

  get writable(): boolean {
    return this.#firstHop.directLink?.link.writable ?? false;
  }

  /** True while the first relay can be reached. */
  get isOpen(): boolean {
    return this.#firstHop.directLink !== null;
  }

  takeBuffer(bytes: number): Uint8Array {
    this.#lender = this.#firstHop.directLink?.link ?? null;
    return this.#lender?.takeBuffer(bytes) ?? new Uint8Array(bytes);
  }

  send(buffer: Uint8Array, bytes: number, messageBytes: number): void {
    const lender = this.#lender;
    this.#lender = null;
    if (lender === null) return;
    // Longer ones passed over another link to the relay: they are lost, and path MTU discovery notices.
    if (!lender.reliable && Math.min(bytes, messageBytes) > lender.maxProbeBytes) return;
    this.#sentTags ??= new SentTags();
    this.#sentTags.note(buffer, bytes, messageBytes);
    lender.send(buffer, bytes, messageBytes);
  }

  /** Whether a message with this tag T was sent on it lately. */
  hasSent(tag: Uint8Array): boolean {
    return this.#sentTags?.has(tag) ?? false;
  }

  /** The relay's own link is kept for the relay's sake. */
  keep(): void {}

  close(): void {
    this.#closed(this);
  }
}
