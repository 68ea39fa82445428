import type { NodeId } from '../../config/node-id.ts';

/** Targets remembered for one exit; the one not reached for the longest is forgotten first. */
const MAX_TARGETS = 4_096;

/** Where each exit has connected to since its session began. Targets are told apart by their text. */
export class ReachedTargets {
  /** In the order of use. */
  readonly #byExit = new Map<NodeId, Set<string>>();

  /** Targets of all exits together. */
  get size(): number {
    let size = 0;
    for (const targets of this.#byExit.values()) size += targets.size;
    return size;
  }

  has(exit: NodeId, target: string): boolean {
    return this.#byExit.get(exit)?.has(target) === true;
  }

  /** The exit connected. */
  add(exit: NodeId, target: string): void {
    let targets = this.#byExit.get(exit);
    if (targets === undefined) this.#byExit.set(exit, (targets = new Set()));
    targets.delete(target);
    targets.add(target);
    if (targets.size > MAX_TARGETS) targets.delete(targets.values().next().value!);
  }

  /** The exit did not connect any more. */
  delete(exit: NodeId, target: string): void {
    this.#byExit.get(exit)?.delete(target);
  }

  /** The sessions of all other exits are over. */
  keepOnly(exits: ReadonlySet<NodeId>): void {
    for (const exit of this.#byExit.keys()) if (!exits.has(exit)) this.#byExit.delete(exit);
  }

  /** The session of this exit is over. */
  forget(exit: NodeId): void {
    this.#byExit.delete(exit);
  }
}
