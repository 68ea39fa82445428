import type { ExitIdentity } from './exit-identity.ts';

/** Why a site is at an exit, as the user may read it. */
export type PinReason =
  /** Measured to be the best. */
  | 'measured'
  /** Won a race of several exits. */
  | 'race'
  /** The best going by distance and what is known of the network. */
  | 'prior'
  /** The only exit that could be had. */
  | 'only'
  /** A rule of the configuration says so. */
  | 'rule'
  /** The user said so. */
  | 'user'
  /** The exit that it was at is gone. */
  | 'exit-gone';

/** A site went from one exit to another. */
export interface PinMove {
  readonly site: string;
  readonly from: ExitIdentity;
  readonly to: ExitIdentity;
  readonly reason: PinReason;
  /** Wall clock, in ms since 1970. */
  readonly atMs: number;
}

/** The exit of a site showed it another public address than before. */
export interface AddressChange {
  readonly from: string;
  readonly to: string;
  /** Wall clock, in ms since 1970. */
  readonly atMs: number;
}

/** Where a site is, and since when. Times are of the wall clock, in ms since 1970. */
export interface Pin {
  readonly site: string;
  readonly exit: ExitIdentity;
  readonly reason: PinReason;
  readonly sinceMs: number;
  readonly lastUsedMs: number;
  readonly openStreams: number;
  /** The last moves, oldest first, at most 8. */
  readonly moves: readonly PinMove[];
  /** The public addresses under which its exit showed itself to the site: IPv4 first, of each family the last one first, at most 4. */
  readonly addresses: readonly string[];
  /** The last times that there was a new one, oldest first, at most 8. */
  readonly addressChanges: readonly AddressChange[];
}
