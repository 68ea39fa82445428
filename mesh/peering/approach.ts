import { type Endpoint, formatEndpoint } from '../../config/endpoint.ts';
import { DialPlan } from './dial-plan.ts';
import { HearsayDials } from './hearsay-dials.ts';
import type { PeerLink } from './peer-link.ts';

/** When HELLOs without an answer are repeated on a datagram link, in ms after the one before. */
const HELLO_INTERVALS_MS = [250, 500, 1_000, 2_000, 4_000] as const;

/** What an approach has done for it. */
export interface ApproachActions {
  dial(endpoint: Endpoint): void;
  /** Whether ways over relays are known. */
  hasDetours(nowMs: number): boolean;
  /** Calls {@link Approach.linkOpened} for ways over relays; returns how many. */
  dialDetours(nowMs: number): number;
  sendHello(peerLink: PeerLink): void;
  hangUp(peerLink: PeerLink): void;
}

/** Gets through to a peer: dials its endpoints, says HELLO on each link, and keeps the first that answers. */
export class Approach {
  readonly #plan = new DialPlan();
  readonly #hearsay = new HearsayDials();
  readonly #actions: ApproachActions;
  /** Links whose HELLO was not answered. */
  readonly #waiting = new Set<PeerLink>();
  #configured: readonly Endpoint[] = [];
  #recorded: readonly Endpoint[] = [];
  #proven: readonly Endpoint[] = [];
  /** The endpoints that refused since this began or anything was heard, as URLs. */
  readonly #refused = new Set<string>();
  #linksOpened = 0;

  /** @param lastGood the endpoint that answered last, as a URL, or null. */
  constructor(actions: ApproachActions, lastGood: string | null) {
    this.#actions = actions;
    this.#plan.setEndpoints([], lastGood);
  }

  /** Whether it is trying, or pausing between two rounds. */
  get isActive(): boolean {
    return this.#plan.isActive;
  }

  /** Whether every endpoint has refused in turn, and nothing was heard meanwhile: nobody listens there any more. */
  get isRefused(): boolean {
    return this.#plan.endpointCount > 0 && this.#refused.size >= this.#plan.endpointCount;
  }

  /** Whether nobody else hears the peer, and others would say so: it is tried less often. */
  set isHopeless(isHopeless: boolean) {
    this.#plan.isHopeless = isHopeless;
  }

  /** Where it may be reached. */
  get endpoints(): readonly Endpoint[] {
    return this.#plan.endpoints;
  }

  /** The endpoint that answered last, as a URL, or null. */
  get lastGood(): string | null {
    return this.#plan.lastGood;
  }

  get wakeAtMs(): number {
    let earliest = this.#plan.wakeAtMs;
    for (const peerLink of this.#waiting) earliest = Math.min(earliest, peerLink.helloAtMs);
    return earliest;
  }

  /** Says where the configuration says that it is, and where only its record does. */
  setEndpoints(configured: readonly Endpoint[], recorded: readonly Endpoint[] = []): void {
    this.#configured = configured;
    this.#recorded = recorded;
    const sure = [...configured, ...this.#proven];
    const urls = new Set(sure.map(formatEndpoint));
    this.#hearsay.set([...new Set(recorded.map(formatEndpoint))].filter((url) => !urls.has(url)));
    this.#plan.setEndpoints([...sure, ...recorded], this.#plan.lastGood);
  }

  /** Says where it answered before its number was known. */
  setProven(endpoints: readonly Endpoint[]): void {
    this.#proven = endpoints;
    this.setEndpoints(this.#configured, this.#recorded);
  }

  /** Begins a round at once, unless one is under way. */
  start(nowMs: number): void {
    if (!this.#canStart(nowMs)) return;
    this.#hearsay.roundBegins(true);
    this.#plan.start(nowMs);
  }

  /** Ways over relays, which were not needed or not there when they had their turn in this round, have it again. */
  detourAgain(nowMs: number): void {
    this.#plan.detourAgain(nowMs);
  }

  /** Begins a round now with all endpoints at once, whatever is under way: the network is another one. */
  startAnew(nowMs: number): void {
    if (!this.#canStart(nowMs)) return;
    this.#hangUpWaiting();
    this.#hearsay.reset();
    this.#plan.startAnew(nowMs);
  }

  /** Does not pause any longer: the network is back. */
  hurry(nowMs: number): void {
    this.#hearsay.networkBack(nowMs);
    this.#plan.hurry(nowMs);
  }

  /** Begins a round after a pause. Until `soonMs`, and for as long as a restart takes, pauses between rounds stay short. */
  startLater(nowMs: number, pauseMs: number, soonMs: number): void {
    if (this.#canStart(nowMs)) this.#plan.startLater(nowMs, pauseMs, soonMs);
  }

  /** Gives up; links that wait for an answer are closed. */
  stop(): void {
    this.#plan.stop();
    this.#hangUpWaiting();
  }

  tick(nowMs: number): void {
    if (this.#plan.isPausing) this.#hearsay.roundBegins(false);
    const { endpoints, byRelays, isOver } = this.#plan.takeDials(nowMs);
    if (isOver) this.#hangUpWaiting();
    for (const endpoint of endpoints) {
      if (this.mayTry(endpoint, nowMs)) this.#actions.dial(endpoint);
      else this.#plan.failed(true, nowMs); // not for want of a network
    }
    if (byRelays) this.#plan.detoured(this.#actions.dialDetours(nowMs), nowMs);
    for (const peerLink of this.#waiting) if (nowMs >= peerLink.helloAtMs) this.#helloAgain(peerLink, nowMs);
  }

  /** A link that was asked for is there, connected or not. */
  linkOpened(peerLink: PeerLink, nowMs: number): void {
    this.#waiting.add(peerLink);
    // A reliable link gets one HELLO only, so the next one begins with the other network key.
    if (peerLink.link.reliable && this.#linksOpened++ % 2 === 1) peerLink.nextNetwork = 'older';
    this.#hello(peerLink, nowMs);
  }

  /**
   * The peer answered on this link: it is kept, the other attempts are not. After an answer by relays the direct ones go
   * on: they may only be slower, and are the better way.
   */
  answered(peerLink: PeerLink): void {
    this.#waiting.delete(peerLink);
    this.#refused.clear();
    for (const other of this.#waiting) if (peerLink.relay1 === 0 || other.relay1 !== 0) this.#hangUp(other);
    if (peerLink.dialled !== null) this.#plan.succeeded(formatEndpoint(peerLink.dialled));
    else if (peerLink.relay1 === 0 || this.#plan.endpointCount === 0) this.#plan.stop();
  }

  /** Something was heard from the peer, on a link that this side dialled where `isDialled`. */
  heard(isDialled: boolean): void {
    if (this.#refused.size > 0) this.#refused.clear();
    if (isDialled) this.#hearsay.heard();
  }

  /** A link that this side dialled closed by itself. */
  linkClosed(peerLink: PeerLink, isRefused: boolean, nowMs: number): void {
    if (!this.#waiting.delete(peerLink)) return;
    if (isRefused && peerLink.dialled !== null) this.#refused.add(formatEndpoint(peerLink.dialled));
    this.#plan.failed(isRefused, nowMs);
  }

  #helloAgain(peerLink: PeerLink, nowMs: number): void {
    if (peerLink.dialled === null || this.mayTry(peerLink.dialled, nowMs)) this.#hello(peerLink, nowMs);
    else peerLink.helloAtMs = Number.POSITIVE_INFINITY;
  }

  /** Whether a message may go there now, which then counts: it may be a stranger's. */
  mayTry(endpoint: Endpoint, nowMs: number): boolean {
    return this.#hearsay.mayTry(formatEndpoint(endpoint), this.#plan.lastGood, nowMs);
  }

  #hello(peerLink: PeerLink, nowMs: number): void {
    const { reliable } = peerLink.link;
    const intervalMs = HELLO_INTERVALS_MS[Math.min(peerLink.hellosSent, HELLO_INTERVALS_MS.length - 1)]!;
    peerLink.hellosSent++;
    peerLink.helloAtMs = reliable ? Number.POSITIVE_INFINITY : nowMs + intervalMs;
    this.#actions.sendHello(peerLink);
    peerLink.helloSent(nowMs);
    peerLink.nextNetwork = peerLink.nextNetwork === 'newest' ? 'older' : 'newest';
  }

  #canStart(nowMs: number): boolean {
    return this.#plan.endpointCount > 0 || this.#actions.hasDetours(nowMs);
  }

  #hangUpWaiting(): void {
    for (const peerLink of this.#waiting) this.#hangUp(peerLink);
  }

  #hangUp(peerLink: PeerLink): void {
    this.#waiting.delete(peerLink);
    this.#actions.hangUp(peerLink);
  }
}
