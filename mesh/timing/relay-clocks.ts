import type { NodeId } from '../../config/node-id.ts';
import { TICK_UNKNOWN } from '../wire/header.ts';
import { TICK_CYCLE_MS, TICK_MS } from '../wire/mesh-time.ts';

/**
 * About how far other clocks are ahead of the own wall clock, to read ticks by, which start again each 1,020 ms. Of a
 * clock that nothing is known of the first tick that is read stands for the rest: what is measured by it is right then,
 * and the clock itself is known but for a multiple of that.
 */
export class RelayClocks {
  readonly #aheadMs: Map<NodeId, number>;

  /** @param aheadMs what is known of other clocks, within half of such a cycle. */
  constructor(aheadMs: ReadonlyMap<NodeId, number>) {
    this.#aheadMs = new Map(aheadMs);
  }

  /**
   * What a relay's wall clock showed when it passed on a message that was stamped with `originWallMs`: the middle of its
   * tick. `aboutMs`: when that was by the own wall clock, within half a cycle. Null where the relay did not tell.
   */
  passedMs(relay: NodeId, originWallMs: number, tick: number, aboutMs: number): number | null {
    if (tick === TICK_UNKNOWN) return null;
    const shownMs = Math.floor(originWallMs / TICK_MS) * TICK_MS + (tick + 0.5) * TICK_MS;
    const aheadMs = this.#aheadMs.get(relay) ?? shownMs - aboutMs;
    this.#aheadMs.set(relay, aheadMs);
    return shownMs + TICK_CYCLE_MS * Math.round((aboutMs + aheadMs - shownMs) / TICK_CYCLE_MS);
  }
}
