import { LRUCache } from 'lru-cache';
import { declaredRecord } from '../../geoip/geo-record.ts';
import { distanceKm, type Position } from '../../geoip/position.ts';
import type { Destination } from '../../mesh/session/target.ts';
import { addressText } from '../host-text.ts';
import { destinationNetwork } from './destination-network.ts';
import type { Estimate, ExitEstimates, Way } from './exit-estimates.ts';
import type { ExitIdentity } from './exit-identity.ts';

/** Sites whose place is remembered. */
const MAX_PLACES = 20_000;

/** Exits whose country is remembered: more than a mesh has, but over the years others may take their places. */
const MAX_EXITS = 1_024;

/** An exit as the outlook knows it. */
export interface OutlookExit {
  readonly identity: ExitIdentity;
  readonly country: string;
  /** Where it says that it is; the middle of its country unless told. */
  readonly position?: Position | null;
}

/** What an {@link ExitOutlook} is made of. */
export interface ExitOutlookOptions {
  readonly estimates: ExitEstimates;
}

/** What to expect of each exit for each site, from what was measured and from where both are. */
export class ExitOutlook {
  readonly #options: ExitOutlookOptions;
  readonly #destinations = new LRUCache<string, Destination>({ max: MAX_PLACES });
  #lastNetwork: { readonly destination: Destination; readonly network: string | null } | null = null;
  readonly #countries = new LRUCache<ExitIdentity, string>({ max: MAX_EXITS });

  constructor(options: ExitOutlookOptions) {
    this.#options = options;
  }

  /** Sites whose place, and exits whose country, is known. */
  get sizes(): { readonly places: number; readonly countries: number } {
    return { places: this.#destinations.size, countries: this.#countries.size };
  }

  /** Where a site was seen last, or null. */
  destinationOf(site: string): Destination | null {
    return this.#destinations.get(site) ?? null;
  }

  /** The country of an exit that was once looked at, or null. */
  countryOf(exit: ExitIdentity): string | null {
    return this.#countries.get(exit) ?? null;
  }

  /** What an exit at this round trip would take. `destination` is where the site was seen last unless told. */
  estimate(
    exit: OutlookExit,
    exitRttMs: number,
    site: string,
    wallMs: number,
    destination: Destination | null = this.destinationOf(site),
  ): Estimate {
    this.#countries.set(exit.identity, exit.country);
    const from = exit.position ?? declaredRecord(exit.country, null).position;
    const to = destination?.position ?? null;
    const km = from === null || to === null ? null : distanceKm(from, to);
    return this.#options.estimates.estimate(this.#wayOf(exit, exitRttMs, site, destination), km, wallMs);
  }

  /** An exit connected to the site. */
  connected(
    exit: OutlookExit,
    exitRttMs: number,
    site: string,
    { connectMs, destination }: { readonly connectMs: number; readonly destination: Destination | null },
    wallMs: number,
  ): void {
    if (destination !== null) this.#destinations.set(site, destination);
    const { roundTripMs } = this.estimate(exit, exitRttMs, site, wallMs, destination);
    const said = this.#wayOf(exit, exitRttMs, site, destination);
    // A place that is too near to be true is the head office of a network that answers everywhere.
    const way = isTooFast(connectMs, roundTripMs - exitRttMs) ? { ...said, country: null } : said;
    this.#options.estimates.learnLeg(way, connectMs, wallMs);
    this.#options.estimates.learnOutcome(way, true, wallMs);
  }

  /** An exit could not connect to the site, and the reason says something about the way there. */
  failed(exit: OutlookExit, exitRttMs: number, site: string, wallMs: number): void {
    this.#options.estimates.learnOutcome(this.#wayOf(exit, exitRttMs, site, this.destinationOf(site)), false, wallMs);
  }

  /** A stream's first round trip. */
  firstRoundTrip(exit: OutlookExit, exitRttMs: number, site: string, roundTripMs: number, wallMs: number): void {
    const way = this.#wayOf(exit, exitRttMs, site, this.destinationOf(site));
    this.#options.estimates.learnRoundTrip(way, roundTripMs, wallMs);
  }

  #wayOf(exit: OutlookExit, exitRoundTripMs: number, site: string, destination: Destination | null): Way {
    const network = this.#networkOf(destination);
    return { exit: exit.identity, site, network, country: destination?.country ?? null, exitRoundTripMs };
  }

  /** Mostly asked for one destination and all exits in turn. */
  #networkOf(destination: Destination | null): string | null {
    if (destination === null) return null;
    if (this.#lastNetwork?.destination !== destination) {
      const network = destinationNetwork(addressText(destination.address), null);
      this.#lastNetwork = { destination, network };
    }
    return this.#lastNetwork.network;
  }
}

/** Whether a destination can't be where it is said to be, going by how soon an exit had connected to it; both in ms. */
function isTooFast(connectMs: number, expectedMs: number): boolean {
  return connectMs < expectedMs / 2 - 10;
}
