import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import { Allowance } from '../gossip/allowance.ts';
import type { Link } from '../link.ts';
import { WayTiming } from '../timing/way-timing.ts';
import { RoutedLink } from './routed-link.ts';
import { SegmentGrid } from './segment-grid.ts';
import { SentBytes } from './sent-bytes.ts';

/** How much an unvalidated address may be sent for each byte that came from it (RFC 9000 section 8.1). */
const AMPLIFICATION_LIMIT = 3;

/** HELLOs that are answered by a HELLO on a link that the other side chose: at once, and one in so many ms. */
const HELLO_ANSWERS = 8;
const HELLO_ANSWERS_MS = 7_500;

/** The longest message on a datagram link of which nothing is known yet, in bytes. */
const FIRST_MESSAGE_BYTES = 1_232;

/** How long a HELLO is waited for, in ms: as long as a round of attempts takes. Those that a PING answered stay without one. */
const HELLO_PATIENCE_MS = 5_000;

/** A CHALLENGE is answered no more often, in ms: it can be replayed. */
const RESPONSE_PAUSE_MS = 50;

/** What the mesh knows of one link: who is at its other end, and how far that is proven. */
export class PeerLink {
  readonly link: Link;
  /** Where it was dialled to, or null where the other side dialled. */
  readonly dialled: Endpoint | null;
  /** True where this side chose where it leads, whether by dialling or by choosing relays. */
  readonly isOwn: boolean;
  /** The relays on the way, the one next to this node first; 0 where there is none. */
  readonly relay1: NodeId | 0;
  readonly relay2: NodeId | 0;
  /** Where messages begin in what comes on it. */
  readonly segments = new SegmentGrid();
  /** How much was sent on it. */
  readonly traffic = new SentBytes();
  /** How many bytes came on it that were sent to this node. */
  bytesReceived = 0;
  /** The path that runs over it, or null. */
  pathId: number | null = null;
  /** The most payload that is known to pass, in bytes; null where nothing was learned of that yet. */
  maxPayloadBytes: number | null = null;
  /** The path that will run over it once it is validated, while it still runs over another link. */
  wantedPathId: number | null = null;
  /** Eight bytes that the other side has to return at level 2, or null. */
  challenge: Uint8Array | null = null;
  /** When the challenge was last sent, in ms. */
  challengedAtMs = Number.NEGATIVE_INFINITY;
  /** How many HELLOs an approach has sent on it, and when it will send the next one. */
  hellosSent = 0;
  helloAtMs = Number.POSITIVE_INFINITY;
  /** While two network keys are accepted and it is not known which the peer has: which one the next HELLO tries. */
  nextNetwork: 'newest' | 'older' = 'newest';
  #isValidated: boolean;
  #respondedAtMs = Number.NEGATIVE_INFINITY;
  #allowanceBytes = 0;
  #unansweredHellos = 0;
  /** What follows is made when it is needed first: one of these is made for each datagram of an unknown address. */
  #timing: WayTiming | null = null;
  #helloAnswers: Allowance | null = null;
  #helloSentAtMs = 0;

  /** @param isValidated false for an address that somebody else named, even where this side chose to use it. */
  constructor(link: Link, dialled: Endpoint | null, isOwn = dialled !== null, isValidated = isOwn) {
    this.link = link;
    this.dialled = dialled;
    this.isOwn = isOwn;
    const relays = link instanceof RoutedLink ? link.relays : null;
    this.relay1 = relays?.[0] ?? 0;
    this.relay2 = relays?.[1] ?? 0;
    this.#isValidated = isValidated;
  }

  /** What is known of flight times on it. */
  get timing(): WayTiming {
    this.#timing ??= new WayTiming();
    return this.#timing;
  }

  /** How many relays are on the way. */
  get relayCount(): number {
    return Number(this.relay1 !== 0) + Number(this.relay2 !== 0);
  }

  /** True where the address at the other end is known to be the peer's: we chose it, or it returned a challenge. */
  get isValidated(): boolean {
    return this.#isValidated;
  }

  /**
   * False while the link is full, or not validated: what an unvalidated one may get is kept for HELLO and CHALLENGE. By one
   * that this side chose the first packets go within that: the other end can't be sure of this one before.
   */
  get isWritable(): boolean {
    return this.link.writable && (this.#isValidated || (this.isOwn && this.#allowanceBytes >= FIRST_MESSAGE_BYTES));
  }

  /** Whether NATs at both ends let its messages in only because others left before. */
  get isPunched(): boolean {
    return this.isOwn && this.dialled === null && this.relay1 === 0;
  }

  /** How much may be sent now, in bytes: Infinity once the link is validated. */
  get allowanceBytes(): number {
    return this.#isValidated ? Number.POSITIVE_INFINITY : this.#allowanceBytes;
  }

  received(bytes: number): void {
    this.bytesReceived += bytes;
    if (!this.#isValidated) this.#allowanceBytes += AMPLIFICATION_LIMIT * bytes;
  }

  sent(bytes: number): void {
    this.traffic.add(bytes);
    if (!this.#isValidated) this.#allowanceBytes -= bytes;
  }

  /** A HELLO goes out now. */
  helloSent(nowMs: number): void {
    this.#unansweredHellos++;
    this.#helloSentAtMs = nowMs;
  }

  /** Whether one that went out was not answered yet, and may be. */
  awaitsHello(nowMs: number): boolean {
    return this.#unansweredHellos > 0 && nowMs - this.#helloSentAtMs < HELLO_PATIENCE_MS;
  }

  /** A HELLO came. Returns the round trip in ms, or null where it can't be told which HELLO was answered (Karn's rule, RFC 6298). */
  helloAnswered(nowMs: number): number | null {
    const rttMs = this.#unansweredHellos === 1 ? nowMs - this.#helloSentAtMs : null;
    this.#unansweredHellos = 0;
    return rttMs;
  }

  /**
   * True where a HELLO may be answered by one now; it counts as answered. Where both sides take a link for the other's
   * choice, as can be with ways over relays, they would answer each other for ever.
   */
  mayAnswerHello(nowMs: number): boolean {
    if (this.isOwn) return true;
    this.#helloAnswers ??= new Allowance(HELLO_ANSWERS, HELLO_ANSWERS_MS);
    return this.#helloAnswers.take(1, nowMs) > 0;
  }

  /** True where a CHALLENGE may be answered now; it counts as answered. */
  mayRespond(nowMs: number): boolean {
    if (nowMs - this.#respondedAtMs < RESPONSE_PAUSE_MS) return false;
    this.#respondedAtMs = nowMs;
    return true;
  }

  /** Takes a RESPONSE. True where it validates the link now. */
  answered(token: Uint8Array): boolean {
    if (this.#isValidated || this.challenge === null || !isSame(token, this.challenge)) return false;
    this.#isValidated = true;
    this.challenge = null;
    return true;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
