import type { NodeId } from '../../config/node-id.ts';
import type { NodeAddress } from '../gossip/node-address.ts';
import type { MeshFrame } from '../session/session-event.ts';
import type { TimeFrame } from '../timing/time-exchanges.ts';
import type { GossipFrame, MailFrame, PeerContext } from './peer-context.ts';
import type { PeerLink } from './peer-link.ts';

export type GoodbyeFrame = Extract<MeshFrame, { readonly type: 'goodbye' }>;

/** What a node says that leaves and will be there again within so many seconds; null: not soon. */
export function goodbyeFrame(backInS: number | null): GoodbyeFrame {
  if (backInS === null) return { type: 'goodbye', reason: 'stopping', backInS: 0 };
  return { type: 'goodbye', reason: 'restarting', backInS: Math.ceil(backInS) };
}

/** What a process is told after which another one began with the same identity. */
export const SUPERSEDED: GoodbyeFrame = { type: 'goodbye', reason: 'superseded', backInS: 0 };

/** What a verified message of the peer brought. */
export interface Received {
  /** It began a new session: the old one and its streams are gone. */
  readonly replaced: boolean;
  readonly gossip: readonly GossipFrame[];
  /** The peer leaves; null where it stays. */
  readonly goodbye: GoodbyeFrame | null;
  /** Where the peer sees this node come from; null where it does not say. */
  readonly observed: NodeAddress | null;
  /** T of a message that the peer, a relay, could not pass on: valid within the call; null where it says no such thing. */
  readonly unreachable: Uint8Array | null;
  /** What is for this node itself; bytes are valid within the call. */
  readonly mail: readonly MailFrame[];
  /** It was about streams, not an answer or a probe. */
  readonly isActive: boolean;
  /** It said nothing but that the peer is there. */
  readonly isBeat: boolean;
}

interface SortedFrames extends Pick<Received, 'gossip' | 'goodbye' | 'mail' | 'observed' | 'unreachable'> {
  /** What the peer's clock shows, or a question about the own one; null where there is no such frame. */
  readonly time: TimeFrame | null;
}

/** What most messages bring: nothing but the session's business. */
export const NO_FRAMES: SortedFrames = {
  gossip: [],
  goodbye: null,
  mail: [],
  observed: null,
  unreachable: null,
  time: null,
};

/** Sorts the frames that are not the session's business; `respond` is called with each answer to a CHALLENGE. */
export function sortFrames(frames: readonly MeshFrame[], respond: (token: Uint8Array) => void): SortedFrames {
  const gossip: GossipFrame[] = [];
  const mail: MailFrame[] = [];
  let goodbye: GoodbyeFrame | null = null;
  let observed: NodeAddress | null = null;
  let unreachable: Uint8Array | null = null;
  let time: TimeFrame | null = null;
  for (const frame of frames) {
    switch (frame.type) {
      case 'goodbye':
        goodbye = frame;
        break;
      case 'response':
        respond(frame.token);
        break;
      case 'observed':
        observed = frame.address;
        break;
      case 'unreachable':
        unreachable = frame.tag;
        break;
      case 'time':
        time = frame;
        break;
      case 'records':
      case 'table':
      case 'lost':
      case 'digest':
      case 'want':
      case 'witness':
        gossip.push(frame);
        break;
      case 'oob':
      case 'punch':
        mail.push(frame);
    }
  }
  return { gossip, goodbye, mail, observed, unreachable, time };
}

/** Tells the node what a message of a peer brought for it. */
export function reportReceived(
  received: Received,
  by: PeerLink,
  context: Pick<PeerContext, 'emit'>,
  peer: NodeId,
): void {
  for (const frame of received.gossip) context.emit(peer, { type: 'gossip', frame });
  for (const frame of received.mail) context.emit(peer, { type: 'mail', frame });
  if (received.unreachable !== null) context.emit(peer, { type: 'unreachable', tag: received.unreachable });
  if (received.observed === null) return;
  context.emit(peer, { type: 'observed', address: received.observed, localPort: by.link.localPort ?? null });
}
