import type { NodeId } from '../../config/node-id.ts';

/** An origin is told so often that its messages lead nowhere, in ms; what it sends meanwhile may be much. */
const INTERVAL_MS = 500;

/** When origins were told last that they can't be helped. */
export class Complaints {
  /** By origin and who the message came from: a relay that claims origins must not use up what they are told by others' messages. */
  readonly #saidAtMs = new Map<number, number>();
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  /** Whether this origin may be told now of a message that came from there, which then counts. */
  mayTell(origin: NodeId, from: NodeId, nowMs: number): boolean {
    if (nowMs - this.#sweptAtMs >= INTERVAL_MS) this.#sweep(nowMs);
    const key = (origin << 8) | from;
    if (nowMs - (this.#saidAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return false;
    this.#saidAtMs.set(key, nowMs);
    return true;
  }

  #sweep(nowMs: number): void {
    this.#sweptAtMs = nowMs;
    for (const [key, saidAtMs] of this.#saidAtMs) if (nowMs - saidAtMs >= INTERVAL_MS) this.#saidAtMs.delete(key);
  }
}
