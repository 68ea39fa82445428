import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import { Approach, type ApproachActions } from './approach.ts';
import type { PeerLink } from './peer-link.ts';

/** A server whose identity is not known yet, perhaps not even its number: with its answer it becomes a peer. */
export class Prospect {
  /** Its number, or null where only its address is known. */
  readonly id: NodeId | null;
  readonly endpoints: readonly Endpoint[];
  readonly #approach: Approach;

  constructor(
    id: NodeId | null,
    endpoints: readonly Endpoint[],
    actions: Omit<ApproachActions, 'hasDetours' | 'dialDetours'>,
  ) {
    this.id = id;
    this.endpoints = endpoints;
    this.#approach = new Approach({ ...actions, hasDetours: () => false, dialDetours: () => 0 }, null);
    this.#approach.setEndpoints(endpoints);
  }

  get wakeAtMs(): number {
    return this.#approach.wakeAtMs;
  }

  start(nowMs: number): void {
    this.#approach.start(nowMs);
  }

  /** The network is back: it pauses no longer. */
  hurry(nowMs: number): void {
    this.#approach.hurry(nowMs);
  }

  tick(nowMs: number): void {
    this.#approach.tick(nowMs);
  }

  linkOpened(peerLink: PeerLink, nowMs: number): void {
    this.#approach.linkOpened(peerLink, nowMs);
  }

  linkClosed(peerLink: PeerLink, isRefused: boolean, nowMs: number): void {
    this.#approach.linkClosed(peerLink, isRefused, nowMs);
  }

  /** Somebody answered: the link is the peer's from now on. */
  answered(peerLink: PeerLink): void {
    this.#approach.answered(peerLink);
  }

  stop(): void {
    this.#approach.stop();
  }
}
