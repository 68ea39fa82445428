import type { NodePosition } from '../config/config.ts';
import type { NodeId } from '../config/node-id.ts';
import type { Draining, NatClass } from './gossip/node-record.ts';

/** What this node knows of another, for tables and for the choice of an exit. */
export interface NodeView {
  readonly id: NodeId;
  /** Its Ed25519 public key as base64url; empty where it is not known to be a member. */
  readonly identity: string;
  readonly name: string;
  readonly roles: { readonly exit: boolean; readonly relay: boolean };
  readonly country: string;
  /** Where it says that it is; null where it does not. */
  readonly position: NodePosition | null;
  /** It is about to leave and wants nothing new; null where it does not say so. */
  readonly draining: Draining | null;
  /** The public addresses that others see it come from, at most one a family, as it says. */
  readonly publicAddresses: readonly string[];
  /** What the way in to it is like, as it says: `easy` is a NAT that shows all the same port. */
  readonly natClass: NatClass;
  readonly softwareVersion: string;
  /** Where its record says that it listens, as transport URLs. */
  readonly addresses: readonly string[];
  /** Whether this node or a server hears it; null where there is nobody to tell. */
  readonly isHeard: boolean | null;
  /**
   * `up`: a session that answers. `suspect`: something is outstanding and unanswered for more than two probe timeouts.
   * `connecting`: no answer yet. `down`: declared dead or closed. `idle`: nobody wants a session.
   */
  readonly state: 'up' | 'suspect' | 'connecting' | 'down' | 'idle';
  /** How much longer it means to be away, in ms, where it said that it restarts; else null. */
  readonly backInMs: number | null;
  /** Smoothed round-trip time in ms, or null where it was never measured. */
  readonly rttMs: number | null;
  /** The link in use, such as `udp://192.0.2.7:4840`, or null. */
  readonly link: string | null;
  /** The longest message on that link, in bytes, as path MTU discovery found it; null without a session. */
  readonly maxMessageBytes: number | null;
  readonly streams: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** What this node tells others about itself that may change while it runs. */
export interface OwnView {
  /** It is about to leave and wants nothing new; null where it stays. */
  readonly draining: Draining | null;
  /** The public addresses that other members see it come from, at most one a family. */
  readonly publicAddresses: readonly string[];
  readonly natClass: NatClass;
  /** Null where nothing says that another process began with this configuration after this one. */
  readonly superseded: Superseded | null;
}

/** Nodes listen to another process with this configuration, which began after this one. */
export interface Superseded {
  /** False where one node alone says so, and there is no other that could be asked. */
  readonly isCertain: boolean;
  /** Who says so; a record that somebody else made shows it without. */
  readonly by: readonly NodeId[];
}

/** What this node passed on for others as a relay since it began. */
export interface RelayFigures {
  readonly passedBytes: number;
  /** Messages that were not passed on, because their sender had used up its share (`relayRateMbps`). */
  readonly refusedMessages: number;
}
