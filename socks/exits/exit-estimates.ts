import { beyondExitPriorMs } from '../../geoip/rtt-prior.ts';
import type { ExitIdentity } from './exit-identity.ts';
import { addOutcome, addSample, MAX_SAMPLE_MS, outcomesAt, weightAt, type LearnedMean } from './learned-mean.ts';
import { LearnedTable, type SavedRow } from './learned-table.ts';

const MAX_SITES = 20_000;
const MAX_NETWORKS = 10_000;
/** More than there are countries. */
const MAX_COUNTRIES = 300;

/** Exits remembered for one site or network, and for one country. */
const MAX_EXITS = 8;
const MAX_COUNTRY_EXITS = 64;

/** Samples that what is known one level up counts for. */
const PRIOR_WEIGHT = 3;

/** What a wider level may count for: neighbours are a hint, however many. */
const MAX_NETWORK_WEIGHT = 8;
const MAX_COUNTRY_WEIGHT = 3;

/** Fresh samples that make exits comparable; a sample a little aged still counts as one. */
const FRESH_WEIGHT = 2.5;

/** How wrong the prior usually is, as a part of it. */
const PRIOR_DEVIATION = 0.25;

/** What a failed connection costs, in ms: three tries of a second. */
const FAILURE_COST_MS = 3_000;

/** A way to a site: by which exit, and what is known of where the site is. */
export interface Way {
  readonly exit: ExitIdentity;
  readonly site: string;
  /** From `destinationNetwork`; null where not known. */
  readonly network: string | null;
  /** ISO 3166-1 alpha-2 of the site's server; null where not known. */
  readonly country: string | null;
  /** The round trip to the exit now, in ms. */
  readonly exitRoundTripMs: number;
}

/** What a way is expected to take. */
export interface Estimate {
  /** From this node to the site and back, in ms. */
  readonly roundTripMs: number;
  /** Mean deviation, in ms. */
  readonly deviationMs: number;
  /** Share of connections expected to fail, 0 to 1. */
  readonly failureRate: number;
  /** Samples of this very site and exit that still count; they age. */
  readonly samples: number;
  /** Whether those are enough to compare: three fresh ones. */
  readonly fresh: boolean;
  /** What exits are compared by, in ms: the round trip, half of its deviation, and 3 s times the failure rate. */
  readonly costMs: number;
}

/** What a file keeps of {@link ExitEstimates}. */
export interface SavedEstimates {
  readonly version: 1;
  readonly sites: readonly SavedRow[];
  readonly networks: readonly SavedRow[];
  readonly countries: readonly SavedRow[];
}

/**
 * How far sites are beyond each exit. Only that part is kept: it stays right when this node moves. An exponentially
 * weighted mean for each exit and site, drawn towards that of the site's network, that towards its country's, and that
 * towards the distance.
 */
export class ExitEstimates {
  readonly #sites = new LearnedTable(MAX_SITES, MAX_EXITS);
  readonly #networks = new LearnedTable(MAX_NETWORKS, MAX_EXITS);
  readonly #countries = new LearnedTable(MAX_COUNTRIES, MAX_COUNTRY_EXITS);

  /** `saved` is what {@link saved} gave earlier, from a file that anybody may have written. */
  constructor(saved?: unknown) {
    if (typeof saved !== 'object' || saved === null || !('version' in saved) || saved.version !== 1) return;
    if ('sites' in saved) this.#sites.load(saved.sites);
    if ('networks' in saved) this.#networks.load(saved.networks);
    if ('countries' in saved) this.#countries.load(saved.countries);
  }

  /** How many sites and networks something is known of. */
  get sizes(): { readonly sites: number; readonly networks: number } {
    return { sites: this.#sites.size, networks: this.#networks.size };
  }

  /**
   * A stream's first round trip, in ms. It holds the site's own thinking, so it tells of the site and not of its
   * network.
   */
  learnRoundTrip(way: Way, roundTripMs: number, wallMs: number): void {
    if (!isSample(roundTripMs)) return;
    addSample(this.#sites.learn(way.site, way.exit), Math.max(0, roundTripMs - way.exitRoundTripMs), wallMs);
  }

  /** What the exit took to connect, in ms, as it reports: of use to all that is near the site. */
  learnLeg(way: Way, legMs: number, wallMs: number): void {
    if (!isSample(legMs)) return;
    addSample(this.#sites.learn(way.site, way.exit), legMs, wallMs);
    if (way.network !== null) addSample(this.#networks.learn(way.network, way.exit), legMs, wallMs);
    if (way.country !== null) addSample(this.#countries.learn(way.country, way.exit), legMs, wallMs);
  }

  /** Whether a connection to the site by this exit came about. */
  learnOutcome(way: Way, succeeded: boolean, wallMs: number): void {
    addOutcome(this.#sites.learn(way.site, way.exit), !succeeded, wallMs);
  }

  /** What to expect. `distanceKm` is from exit to destination, null where no trustworthy position is known. */
  estimate(way: Way, distanceKm: number | null, wallMs: number): Estimate {
    const prior = beyondExitPriorMs(distanceKm);
    const site = this.#sites.get(way.site, way.exit);
    const network = way.network === null ? null : this.#networks.get(way.network, way.exit);
    const country = way.country === null ? null : this.#countries.get(way.country, way.exit);

    const guess: Guess = { meanMs: prior, deviationMs: prior * PRIOR_DEVIATION };
    const ofCountry = drawn(guess, country, MAX_COUNTRY_WEIGHT, wallMs);
    const ofNetwork = drawn(ofCountry, network, MAX_NETWORK_WEIGHT, wallMs);
    const { meanMs, deviationMs } = drawn(ofNetwork, site, Infinity, wallMs);

    const samples = site === null ? 0 : weightAt(site, wallMs);
    const outcomes = site === null ? 0 : outcomesAt(site, wallMs);
    const failureRate = site === null ? 0 : (outcomes * site.failureRate) / (outcomes + PRIOR_WEIGHT);
    const roundTripMs = way.exitRoundTripMs + meanMs;
    const costMs = roundTripMs + 0.5 * deviationMs + FAILURE_COST_MS * failureRate;
    return { roundTripMs, deviationMs, failureRate, samples, fresh: samples >= FRESH_WEIGHT, costMs };
  }

  /** What a file keeps. Of a full memory this takes a tenth of a second. */
  saved(): SavedEstimates {
    return {
      version: 1,
      sites: this.#sites.saved(),
      networks: this.#networks.saved(),
      countries: this.#countries.saved(),
    };
  }
}

interface Guess {
  readonly meanMs: number;
  readonly deviationMs: number;
}

/** What was learned, drawn towards a guess that counts for three samples. */
function drawn(guess: Guess, learned: LearnedMean | null, maxWeight: number, wallMs: number): Guess {
  if (learned === null) return guess;
  const weight = Math.min(maxWeight, weightAt(learned, wallMs));
  const mix = (before: number, after: number): number =>
    (PRIOR_WEIGHT * before + weight * after) / (PRIOR_WEIGHT + weight);
  return {
    meanMs: mix(guess.meanMs, learned.meanMs),
    deviationMs: mix(guess.deviationMs, learned.deviationMs),
  };
}

function isSample(sampleMs: number): boolean {
  return sampleMs >= 0 && sampleMs <= MAX_SAMPLE_MS;
}
