import { MAX_NODE_ID, type NodeId } from '../../config/node-id.ts';

/** What the map needs of a peer. */
export interface TimedPeer {
  readonly id: NodeId;
  readonly wakeAtMs: number;
  tick(nowMs: number): void;
}

/**
 * Peers by number, and when they want to be ticked. A server has hundreds, of which a message concerns one, so that is
 * remembered of a peer until somebody gets hold of it: through the map, or by what {@link touchAll} stands for.
 */
export class PeerMap<P extends TimedPeer> extends Map<NodeId, P> {
  /** By number; NaN where it has to be asked for, Infinity where there is no peer. */
  readonly #wakesAtMs = new Float64Array(MAX_NODE_ID + 1).fill(Number.POSITIVE_INFINITY);
  readonly #byNumber: (P | undefined)[] = [];

  /** When {@link tick} is due, in ms. */
  get wakeAtMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let number = 1; number <= MAX_NODE_ID; number++) {
      const known = this.#wakesAtMs[number]!;
      const wakeAtMs = Number.isNaN(known) ? this.#ask(number) : known;
      if (wakeAtMs < earliest) earliest = wakeAtMs;
    }
    return earliest;
  }

  /** Ticks those that are due. */
  tick(nowMs: number): void {
    for (let number = 1; number <= MAX_NODE_ID; number++) {
      const known = this.#wakesAtMs[number]!;
      const wakeAtMs = Number.isNaN(known) ? this.#ask(number) : known;
      if (wakeAtMs > nowMs) continue;
      const peer = this.#byNumber[number];
      peer?.tick(nowMs);
      // It may have ended itself.
      if (this.#byNumber[number] !== undefined) this.#wakesAtMs[number] = Number.NaN;
    }
  }

  /** Anything may have changed about any of them. */
  touchAll(): void {
    for (const id of super.keys()) this.#wakesAtMs[id] = Number.NaN;
  }

  /** Whether that holds for any of them, which the question must not change. */
  some(holds: (peer: P) => boolean): boolean {
    return this.#byNumber.some((peer) => peer !== undefined && holds(peer));
  }

  override get(id: NodeId): P | undefined {
    if (super.has(id)) this.#wakesAtMs[id] = Number.NaN;
    return super.get(id);
  }

  override set(id: NodeId, peer: P): this {
    this.#wakesAtMs[id] = Number.NaN;
    this.#byNumber[id] = peer;
    return super.set(id, peer);
  }

  override delete(id: NodeId): boolean {
    this.#wakesAtMs[id] = Number.POSITIVE_INFINITY;
    this.#byNumber[id] = undefined;
    return super.delete(id);
  }

  override clear(): void {
    this.#wakesAtMs.fill(Number.POSITIVE_INFINITY);
    this.#byNumber.length = 0;
    super.clear();
  }

  override values(): MapIterator<P> {
    this.touchAll();
    return super.values();
  }

  override entries(): MapIterator<[NodeId, P]> {
    this.touchAll();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[NodeId, P]> {
    return this.entries();
  }

  override forEach(callback: (peer: P, id: NodeId, map: Map<NodeId, P>) => void): void {
    this.touchAll();
    super.forEach(callback);
  }

  #ask(number: number): number {
    const wakeAtMs = this.#byNumber[number]?.wakeAtMs ?? Number.POSITIVE_INFINITY;
    this.#wakesAtMs[number] = wakeAtMs;
    return wakeAtMs;
  }
}
