import type { NodeId } from '../../config/node-id.ts';
import type { Credential } from './credential.ts';
import type { KeyChange } from './key-change.ts';
import type { RecordVersion } from './node-record.ts';

/** A frame that gossip wants sent at level 2; `bytes` is its content. */
export interface GossipFrame {
  readonly type: 'table' | 'lost' | 'digest' | 'records' | 'want' | 'witness';
  readonly bytes: Uint8Array;
}

/**
 * Who gets a frame besides a single peer: every peer with a live session; some servers, which pass it on among
 * themselves; or all that want changes from this node. Never the one that it came from.
 */
export type Audience = 'all-live' | 'servers' | 'subscribers';

/** One frame and who gets it. */
export interface GossipAction {
  readonly to: NodeId | Audience;
  /** Who it came from; null where that is this node. */
  readonly except: NodeId | null;
  readonly frame: GossipFrame;
}

/** What changed. */
export type GossipEvent =
  /** The first record of a node, or of the identity that now holds the number. */
  | { readonly type: 'node-known'; readonly id: NodeId }
  | { readonly type: 'node-changed'; readonly id: NodeId }
  /** The identity that held the number is out: its sessions, keys and routes go. `node-known` may follow for another identity. */
  | { readonly type: 'node-removed'; readonly id: NodeId; readonly reason: 'revoked' | 'displaced' }
  /** A new revocation, whether or not anybody held the number. */
  | { readonly type: 'revoked'; readonly id: NodeId; readonly upToSerial: number }
  /** A new network key, verified, with a higher serial than any before. */
  | { readonly type: 'key-change'; readonly change: KeyChange }
  /** The peer has the network key of this serial, so it may be used towards it. */
  | { readonly type: 'peer-knows-key'; readonly id: NodeId; readonly serial: number }
  /** A node has told its state; it lost and found these since. */
  | {
      readonly type: 'state-changed';
      readonly id: NodeId;
      readonly lost: readonly NodeId[];
      readonly found: readonly NodeId[];
    }
  /** Many records were missing here, and may be missing elsewhere: tables should be compared. */
  | { readonly type: 'caught-up' }
  /** The own credential has a witness now. */
  | { readonly type: 'witnessed'; readonly credential: Credential }
  /** Somebody else issues records of the own identity: the configuration was copied and runs twice. */
  | { readonly type: 'own-record-copied'; readonly version: RecordVersion }
  /** The own number was revoked, or another identity with a better credential holds it. */
  | { readonly type: 'own-number-lost'; readonly reason: 'revoked' | 'displaced' };

/** What a call to gossip leads to. Frames are to be sent in this order. */
export interface GossipOutcome {
  readonly actions: readonly GossipAction[];
  readonly events: readonly GossipEvent[];
}

/** Collects an outcome. */
export class OutcomeDraft implements GossipOutcome {
  readonly actions: GossipAction[] = [];
  readonly events: GossipEvent[] = [];

  /** Appends a frame for one peer. */
  send(to: NodeId, frame: GossipFrame): void {
    this.actions.push({ to, except: null, frame });
  }

  /** Appends a frame for many, but not for the one that it came from. */
  push(to: Audience, except: NodeId | null, frame: GossipFrame): void {
    this.actions.push({ to, except, frame });
  }

  /** Appends an event. */
  say(event: GossipEvent): void {
    this.events.push(event);
  }
}
