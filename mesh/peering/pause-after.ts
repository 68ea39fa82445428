import type { DownReason } from './peer-context.ts';

/** In ms. Null: never. */
const PAUSES_MS: Readonly<Record<DownReason, number | null>> = {
  'said-goodbye': 1_000,
  restarting: 1_000,
  superseded: 60_000,
  restarted: 1_000,
  replaced: 1_000,
  silent: 0,
  refused: 0,
  removed: null,
};

/** How soon a wanted peer is tried again, in ms: one that said that it stops, or began anew, is given a moment. Null: never. */
export function pauseAfter(reason: DownReason): number | null {
  return PAUSES_MS[reason];
}
