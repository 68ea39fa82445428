import type { PortRange } from '../../config/rule-settings.ts';
import { addRule, removeRule, type RuleMask } from './rule-mask.ts';

/** The ports of a rule. */
export interface RulePorts {
  readonly rule: number;
  readonly ranges: readonly PortRange[];
}

/** The rules that a port is among the ports of, for all rules at once. */
export class PortIndex {
  /** Where a span of ports begins that are all alike, in order; the first at 0. */
  readonly #starts: number[] = [0];
  readonly #masks: RuleMask[];

  /** @param words the length of masks */
  constructor(all: readonly RulePorts[], words: number) {
    const edges = all.flatMap(({ rule, ranges }) =>
      merged(ranges).flatMap(({ first, last }) => [
        { port: first, rule, isStart: true },
        { port: last + 1, rule, isStart: false },
      ]),
    );
    const open = new Uint32Array(words);
    this.#masks = [open.slice()];
    for (const { port, rule, isStart } of edges.toSorted((a, b) => a.port - b.port)) {
      if (this.#starts.at(-1) !== port) {
        this.#starts.push(port);
        this.#masks.push(open.slice());
      }
      const mask = this.#masks.at(-1)!;
      if (isStart) addRule(mask, rule);
      else removeRule(mask, rule);
      open.set(mask);
    }
  }

  /** Not to be changed. */
  rulesOf(port: number): RuleMask {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= port) low = middle;
      else high = middle;
    }
    return this.#masks[low]!;
  }
}

/** The same ports in ranges that neither touch nor overlap, so that no rule begins twice before it ends. */
function merged(ranges: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before === undefined || range.first > before.last + 1) result.push(range);
    else result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return result;
}
