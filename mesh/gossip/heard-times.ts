import type { NodeId } from '../../config/node-id.ts';
import { MAX_NODE_ID, parseNodeId } from '../../config/node-id.ts';
import { savedList } from './saved-bytes.ts';

/** For how long an address counts of which nothing was heard, in seconds. */
const ADDRESSES_S = 30 * 86_400;

/** {@link HeardTimes} as they are kept on disk: pairs of a number and seconds since 1970. */
export interface SavedHeardTimes {
  readonly heard: readonly (readonly [number, number])[];
}

/**
 * When nodes were last heard, by this one or by others as far as they tell, in seconds since 1970. After 30 days their
 * addresses may be anybody's, and are not dialled any more. A wrong clock makes that later or earlier, and nothing else.
 */
export class HeardTimes {
  readonly #heardAtS = new Map<NodeId, number>();

  heard(id: NodeId, wallS: number): void {
    this.#heardAtS.set(id, Math.floor(wallS));
  }

  /** The number is somebody else's now. */
  forget(id: NodeId): void {
    this.#heardAtS.delete(id);
  }

  /** Whether addresses of that node still count; so they do where nothing is known of it. */
  isLately(id: NodeId, wallS: number): boolean {
    const heardAtS = this.#heardAtS.get(id);
    return heardAtS === undefined || wallS - heardAtS < ADDRESSES_S;
  }

  /** Everything as plain data for a state file. */
  save(): SavedHeardTimes {
    return { heard: [...this.#heardAtS] };
  }

  /** Takes back what {@link save} gave; entries that are not exactly that are dropped one by one. */
  restore(saved: unknown): void {
    for (const entry of savedList(saved, 'heard', MAX_NODE_ID)) {
      if (!Array.isArray(entry)) continue;
      const [number, heardAtS]: readonly unknown[] = entry;
      const id = typeof number === 'number' ? parseNodeId(number) : null;
      if (id !== null && typeof heardAtS === 'number' && Number.isInteger(heardAtS)) this.#heardAtS.set(id, heardAtS);
    }
  }
}
