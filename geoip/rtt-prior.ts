/** What a site takes beyond its exit where nothing is known of it, in ms: most are close to some exit. */
const UNKNOWN_MS = 15;

/** Hardware and detours next to both ends, in ms. */
const ENDS_MS = 5;

/** Fibre carries 100 km of round trip in a ms; real paths make detours. Measured over many paths: this much. */
const USUAL_KM_PER_MS = 62.5;

/** Light in fibre: no round trip over so many km takes less than a ms. */
const FASTEST_KM_PER_MS = 100;

/** What a position may be off, in km: databases name the middle of a city or region. */
const POSITION_SLACK_KM = 200;

/** The round trip from an exit to a place at this distance, in ms, going by distance alone; null: not known where. */
export function beyondExitPriorMs(distanceKm: number | null): number {
  return distanceKm === null ? UNKNOWN_MS : ENDS_MS + distanceKm / USUAL_KM_PER_MS;
}

/** The same from this node by way of an exit at this round trip. */
export function rttPriorMs(exitRttMs: number, distanceKm: number | null): number {
  return exitRttMs + beyondExitPriorMs(distanceKm);
}

/**
 * True where two places can't be so far apart: a measured round trip between them is shorter than light in fibre takes.
 * A round trip that is too long proves nothing.
 */
export function contradictsRtt(distanceKm: number, rttMs: number): boolean {
  return rttMs < (distanceKm - POSITION_SLACK_KM) / FASTEST_KM_PER_MS;
}
