import { LRUCache } from 'lru-cache';
import { parseExitIdentity, type ExitIdentity } from './exit-identity.ts';
import { MAX_SAMPLE_MS, nothingLearned, type LearnedMean } from './learned-mean.ts';

/** Longest key that a file may hold: a site with an isolation key. */
const MAX_KEY_CHARACTERS = 1_024;

const MAX_WALL_MS = 8.64e15;

/** A key with its exits, as JSON has it; mean and deviation in tenths of a ms, times in seconds. */
export type SavedRow = readonly [key: string, ...exits: SavedMean[]];

type SavedMean = readonly [
  exit: string,
  mean: number,
  deviation: number,
  weight: number,
  sampledAt: number,
  failureRate: number,
  outcomes: number,
  outcomeAt: number,
];

/** What was learned, by key and exit, bounded in both: the longest unlearned goes first. */
export class LearnedTable {
  readonly #maxKeys: number;
  readonly #maxExits: number;
  /** In the order of learning. No Map: finding its oldest needs an iterator, which, kept, keeps all that was ever deleted. */
  readonly #rows: LRUCache<string, Map<ExitIdentity, LearnedMean>>;

  constructor(maxKeys: number, maxExits: number) {
    this.#maxKeys = maxKeys;
    this.#maxExits = maxExits;
    this.#rows = new LRUCache({ max: maxKeys });
  }

  /** Keys with something learned. */
  get size(): number {
    return this.#rows.size;
  }

  /** What was learned about the exit, or null. */
  get(key: string, exit: ExitIdentity): LearnedMean | null {
    return this.#rows.peek(key)?.get(exit) ?? null;
  }

  /** The same to learn more; the key and the exit count as the newest. */
  learn(key: string, exit: ExitIdentity): LearnedMean {
    const row = this.#rows.peek(key) ?? new Map<ExitIdentity, LearnedMean>();
    const mean = row.get(exit) ?? nothingLearned();
    renew(row, exit, mean, this.#maxExits);
    this.#rows.set(key, row);
    return mean;
  }

  /** What a file keeps of it, the longest unlearned first. */
  saved(): SavedRow[] {
    const round = (value: number, digits: number): number => Number(value.toFixed(digits));
    return [...this.#rows.entries()]
      .toReversed()
      .map(([key, row]) => [
        key,
        ...Array.from(row, ([exit, mean]): SavedMean => [
          exit,
          Math.round(mean.meanMs * 10),
          Math.round(mean.deviationMs * 10),
          round(mean.weight, 2),
          Math.round(mean.sampledAtMs / 1_000),
          round(mean.failureRate, 3),
          round(mean.outcomes, 2),
          Math.round(mean.outcomeAtMs / 1_000),
        ]),
      ]);
  }

  /** Takes in what {@link saved} gave, from a file that anybody may have written; what isn't ours is left out. */
  load(rows: unknown): void {
    if (!Array.isArray(rows)) return;
    for (const row of rows.slice(-this.#maxKeys) as unknown[]) {
      if (!Array.isArray(row)) continue;
      const [key, ...means] = row as unknown[];
      if (typeof key !== 'string' || key.length > MAX_KEY_CHARACTERS) continue;
      for (const mean of means.slice(-this.#maxExits)) this.#loadMean(key, mean);
    }
  }

  #loadMean(key: string, value: unknown): void {
    if (!Array.isArray(value)) return;
    const [identity, ...numbers] = value as unknown[];
    const exit = parseExitIdentity(identity);
    const [mean, deviation, weight, sampledAt, failureRate, outcomes, outcomeAt] = numbers.map((number, place) =>
      typeof number === 'number' && number >= 0 && number <= LIMITS[place]! ? number : NaN,
    );
    const loaded: LearnedMean = {
      meanMs: mean! / 10,
      deviationMs: deviation! / 10,
      weight: weight!,
      sampledAtMs: sampledAt! * 1_000,
      failureRate: failureRate!,
      outcomes: outcomes!,
      outcomeAtMs: outcomeAt! * 1_000,
    };
    if (exit === null || numbers.length !== LIMITS.length || !Object.values(loaded).every(Number.isFinite)) return;
    Object.assign(this.learn(key, exit), loaded);
  }
}

/** The largest value of each number of a {@link SavedMean}. */
const LIMITS = [MAX_SAMPLE_MS * 10, MAX_SAMPLE_MS * 10, 16, MAX_WALL_MS / 1_000, 1, 16, MAX_WALL_MS / 1_000];

function renew<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) map.delete(map.keys().next().value!);
}
