import type { Endpoint } from '../config/endpoint.ts';
import type { NodeId } from '../config/node-id.ts';
import type { Link } from './link.ts';
import type { MeshStream } from './mesh-stream.ts';

/** What the mesh wants done, and what happened in it. */
export type MeshEvent =
  /**
   * Dial this endpoint, and call `linkOpened` with the same id at once. From the same port as `beside`, where that is not
   * null, and with an ear for whoever else sends there: NATs on the way may have made another port of it.
   */
  | { readonly type: 'dial'; readonly dialId: number; readonly endpoint: Endpoint; readonly beside: Link | null }
  /** Tell `setLocalAddresses` which addresses the machine has. */
  | { readonly type: 'look-around' }
  /** Another node asks for a connection: take the stream and accept or refuse it. Only where this node is certified as exit. */
  | { readonly type: 'stream'; readonly stream: MeshStream }
  /** `nodes` would say something else now. */
  | { readonly type: 'nodes-changed' }
  /** A member's message (`MeshNode.sendOob`). Unknown topics are to be ignored. */
  | { readonly type: 'oob'; readonly from: NodeId; readonly topic: string; readonly bytes: Uint8Array }
  | { readonly type: 'pong'; readonly peer: NodeId; readonly rttMs: number }
  /** `persisted` changed in a way that must reach the disk within a second. */
  | { readonly type: 'persist' }
  /** The node has taken another incarnation: `persisted` must be on the disk before it is called again. */
  | { readonly type: 'begun-anew' }
  | MeshNotice;

/** Something for the log. */
export interface MeshNotice {
  readonly type: 'notice';
  readonly level: 'info' | 'warn' | 'error';
  readonly code:
    | 'peer-up'
    | 'peer-down'
    | 'path-changed'
    | 'node-known'
    | 'node-removed'
    | 'draining'
    | 'revoked'
    | 'key-changed'
    | 'witnessed'
    | 'configuration-copied'
    | 'begun-anew'
    | 'number-lost';
  readonly message: string;
  readonly node: NodeId | null;
}
