import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { NodeAddress } from '../gossip/node-address.ts';
import type { RouteSource } from '../routing/route-source.ts';
import type { PortionSettings } from '../session/portion.ts';
import type { MeshFrame } from '../session/session-event.ts';
import type { Stream } from '../session/stream.ts';
import type { Header } from '../wire/header.ts';
import type { NetworkKeys } from '../wire/network-keys.ts';
import type { PeerLink } from './peer-link.ts';
import type { Relays } from './routed-link.ts';

/** Why a session ended. */
export type DownReason =
  'silent' | 'refused' | 'restarted' | 'said-goodbye' | 'restarting' | 'superseded' | 'replaced' | 'removed';

/** What a peer reports to the node. */
export type PeerEvent =
  /** A session was proven at level 2. */
  | { readonly type: 'up' }
  /** Its session ended; all its streams were reset. */
  | { readonly type: 'down'; readonly reason: DownReason }
  | { readonly type: 'stream'; readonly stream: Stream }
  /** Gossip, whose bytes are valid within the call. */
  | { readonly type: 'gossip'; readonly frame: GossipFrame }
  /** OOB and PUNCH, whose bytes are valid within the call. */
  | { readonly type: 'mail'; readonly frame: MailFrame }
  /** Where it sees this node come from, and the own port that was used, where that is known. */
  | { readonly type: 'observed'; readonly address: NodeAddress; readonly localPort: number | null }
  /** Its session goes another way than before: which, and why, in words. */
  | { readonly type: 'moved'; readonly change: string }
  /** It listens to a newer process with this node's identity, or (not `isOtherHeard`) did, and that one is gone. */
  | { readonly type: 'superseded'; readonly isOtherHeard: boolean }
  /** It is about to be probed because it was quiet: what is sent now shares the packet. */
  | { readonly type: 'keep-alive' }
  /** As a relay it could not pass on the message with this T, whose bytes are valid within the call. */
  | { readonly type: 'unreachable'; readonly tag: Uint8Array }
  /** Numbers that must survive a restart have changed. */
  | { readonly type: 'persist' }
  /** Its state, as tables show it, may have changed. */
  | { readonly type: 'changed' };

/** The frames that are gossip's business. */
export type GossipFrame = Extract<
  MeshFrame,
  { readonly type: 'records' | 'table' | 'lost' | 'digest' | 'want' | 'witness' }
>;

/** The frames that are for the node itself. */
export type MailFrame = Extract<MeshFrame, { readonly type: 'oob' | 'punch' }>;

/** What a peer needs of the node around it. */
export interface PeerContext {
  readonly ownId: NodeId;
  /** Whether this node wants sessions of its own accord, and declares silent ones dead. */
  readonly declaresDeath: boolean;
  /** As in the mesh's options. */
  readonly sendBytesPerMs: number | null;
  readonly portion: PortionSettings;
  /** Seconds since 1970. */
  wallS(): number;
  randomByte(): number;
  /** Fills in a header's time and seals the payload at `offset` + 64 of `out`. Returns the message's bytes. */
  seal(out: Uint8Array, offset: number, header: Header, network: NetworkKeys, key: Uint8Array): number;
  /** Opens a payload into scratch memory, valid until the next call; null where the tag is wrong. */
  open(bytes: Uint8Array, offset: number, header: Header, network: NetworkKeys, key: Uint8Array): Uint8Array | null;
  /** The network keys to seal with, given whether the peer has shown to know the newest. */
  networkFor(knowsNewest: boolean): NetworkKeys;
  isNewest(network: NetworkKeys): boolean;
  /** Sends a HELLO on this link, with a CHALLENGE where the link is not validated. */
  sendHello(
    peerLink: PeerLink,
    destination: NodeId | 0,
    session: number,
    peerKeyId: number,
    network: NetworkKeys,
  ): void;
  /** Sends a CHALLENGE alone. */
  sendChallenge(peerLink: PeerLink, destination: NodeId, network: NetworkKeys): void;
  /** Takes a message once more that came before the HELLO it needed. */
  retry(peerLink: PeerLink, bytes: Uint8Array, nowMs: number): void;
  /** A stream was used, so there may be something to send. */
  used(): void;
  emit(peer: NodeId, event: PeerEvent): void;
  /** Getting through NATs to a node with the help of others: whether that can be tried, and trying it. */
  canPunch(id: NodeId): boolean;
  punch(id: NodeId, nowMs: number): boolean;
  /** The ways to a node, as far as is known. */
  readonly routes: RouteSource['routes'];
}

/** What a peer needs of the directory it stands in. */
export interface LinkMaker {
  /** Asks for a link to a peer; it comes with `Peer.linkOpened`. */
  dialTo(id: NodeId, endpoint: Endpoint): void;
  /** A way to a peer over relays that this side chooses; null where the first one is away, or the way is in use. */
  route(id: NodeId, relays: Relays, nowMs: number): PeerLink | null;
  /** What goes by this relay is not answered: asks the relay itself, which may be a new process that knows nobody. */
  doubt(relay: NodeId): void;
  hangUp(peerLink: PeerLink): void;
}
