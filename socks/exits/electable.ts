import type { Estimate } from './exit-estimates.ts';
import type { ExitView } from './exit-view.ts';

/** Who may be chosen for a site that has no exit. */
export interface Electable {
  /** All that may get new sites: one that is about to leave may not. */
  readonly candidates: readonly ExitView[];
  /** Those to choose from now. */
  readonly up: readonly ExitView[];
}

/** Of the exits that the rules permit, those in that country, as the site's last one was, where one there is up. */
export function electable(permitted: readonly ExitView[], country: string | null): Electable {
  const candidates = permitted.filter(({ draining }) => draining === undefined || draining === null);
  const allUp = candidates.filter(({ state }) => state === 'up');
  const atHome = country === null || country === '' ? [] : allUp.filter((exit) => exit.country === country);
  return { candidates, up: atHome.length > 0 ? atHome : allUp };
}

/** The one that costs least, where at least two were measured lately; else null. */
export function bestMeasured(
  exits: readonly ExitView[],
  estimate: (exit: ExitView) => Pick<Estimate, 'costMs' | 'fresh'>,
): ExitView | null {
  const measured = exits
    .map((exit) => ({ exit, ...estimate(exit) }))
    .filter(({ fresh }) => fresh)
    .toSorted((a, b) => a.costMs - b.costMs);
  return measured.length < 2 ? null : measured[0]!.exit;
}
