import type { NodeId } from '../../config/node-id.ts';
import type { NodeAddress } from '../gossip/node-address.ts';
import type { RefusalReason, ResetReason } from './stream-codes.ts';
import type { Destination, Target } from './target.ts';

/** Packet numbers from `first` to `last`, both included. */
export interface PacketRange {
  readonly first: number;
  readonly last: number;
}

/** One frame of a payload (PROTOCOL section 4). Byte fields of decoded frames are views into the payload. */
export type Frame =
  | { readonly type: 'ping' }
  | { readonly type: 'ack'; readonly pathId: number; readonly delayMs: number; readonly ranges: readonly PacketRange[] }
  | { readonly type: 'repair'; readonly pathId: number; readonly ranges: readonly PacketRange[] }
  /** Packets that parity restored: the sender's losses that need no repair. */
  | { readonly type: 'recovered'; readonly pathId: number; readonly ranges: readonly PacketRange[] }
  /** Marks a packet that parity will name. */
  | { readonly type: 'guarded' }
  /** `bytes` is row `row` of the parity over the packets in `ranges`. */
  | {
      readonly type: 'parity';
      readonly pathId: number;
      readonly row: number;
      readonly ranges: readonly PacketRange[];
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'open'; readonly streamId: number; readonly target: Target; readonly firstData: Uint8Array }
  /** `destination` is null where the exit does not say where it connected to. */
  | {
      readonly type: 'opened';
      readonly streamId: number;
      readonly bound: Target;
      readonly connectMs: number;
      readonly destination: Destination | null;
    }
  | { readonly type: 'refused'; readonly streamId: number; readonly reason: RefusalReason }
  | {
      readonly type: 'reset';
      readonly streamId: number;
      readonly reason: ResetReason;
      readonly finalOffset: number;
    }
  | { readonly type: 'stop'; readonly streamId: number; readonly reason: ResetReason }
  | { readonly type: 'max-data'; readonly bytes: number }
  | { readonly type: 'max-stream-data'; readonly streamId: number; readonly bytes: number }
  | { readonly type: 'max-streams'; readonly count: number }
  | { readonly type: 'blocked'; readonly streamId: number | null }
  | { readonly type: 'challenge'; readonly token: Uint8Array }
  | { readonly type: 'response'; readonly token: Uint8Array }
  /** The address from which the receiver's link comes, as its other end sees it; its source is `observed`. */
  | { readonly type: 'observed'; readonly address: NodeAddress }
  | { readonly type: 'hello'; readonly bytes: Uint8Array }
  | { readonly type: 'records'; readonly bytes: Uint8Array }
  /** What its sender knows, as a hash, with flags: {@link TABLE_BYTES} bytes. */
  | { readonly type: 'table'; readonly bytes: Uint8Array }
  | { readonly type: 'digest'; readonly bytes: Uint8Array }
  | { readonly type: 'want'; readonly bytes: Uint8Array }
  /** The numbers of nodes that stopped answering, one byte each. */
  | { readonly type: 'lost'; readonly bytes: Uint8Array }
  /** A part of a long frame of gossip, with the number that its sender gave that frame. */
  | {
      readonly type: 'piece';
      readonly number: number;
      readonly index: number;
      readonly count: number;
      readonly bytes: Uint8Array;
    }
  /** A relay's word that a message with this T could not be passed on. */
  | { readonly type: 'unreachable'; readonly tag: Uint8Array }
  /** A message of a member to a member, about something that the topic names; `topic` is 1 to 32 visible ASCII characters. */
  | { readonly type: 'oob'; readonly topic: string; readonly bytes: Uint8Array }
  /** The sender asks the receiver to bring it together with a third node. */
  | { readonly type: 'punch'; readonly step: 'ask'; readonly node: NodeId }
  /** The receiver should send to that node's address now; it asked for that itself where `step` is `lead`. */
  | {
      readonly type: 'punch';
      readonly step: 'lead' | 'follow';
      readonly node: NodeId;
      readonly token: Uint8Array;
      readonly address: NodeAddress;
    }
  /** Where the sender, `node`, is in its own network, which a server's word with this token says that both are in. */
  | {
      readonly type: 'punch';
      readonly step: 'local';
      readonly node: NodeId;
      readonly token: Uint8Array;
      readonly address: NodeAddress;
    }
  | { readonly type: 'goodbye'; readonly reason: GoodbyeReason; readonly backInS: number }
  /** A question what the receiver's clock shows, or an answer to one. */
  | { readonly type: 'time'; readonly sentMs: number; readonly answer: TimeAnswer | null }
  | { readonly type: 'witness'; readonly bytes: Uint8Array }
  | {
      readonly type: 'data';
      readonly streamId: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
      readonly last: boolean;
    };

/**
 * What a TIME says of the one that it answers. Clocks are wall clocks in ms since 1970, whole eighths of one, on which
 * nothing but measurements depend.
 */
export interface TimeAnswer {
  /** What the asker's clock showed, as it said itself. */
  readonly askedMs: number;
  /** How long the answer took: from the arrival of the question until `sentMs`. */
  readonly heldMs: number;
  /** What the relays wrote into the header of the question. */
  readonly relay1Tick: number;
  readonly relay2Tick: number;
}

/** Why a node ends a session. `superseded`: another process began with the same identity after this one. */
export type GoodbyeReason = 'stopping' | 'restarting' | 'superseded';

/** The type byte of each frame. */
export const FRAME_CODES = {
  padding: 0x00,
  ping: 0x01,
  ack: 0x02,
  repair: 0x03,
  open: 0x04,
  opened: 0x05,
  refused: 0x06,
  reset: 0x07,
  stop: 0x08,
  'max-data': 0x09,
  'max-stream-data': 0x0a,
  'max-streams': 0x0b,
  blocked: 0x0c,
  challenge: 0x0f,
  response: 0x10,
  observed: 0x11,
  hello: 0x12,
  records: 0x13,
  digest: 0x14,
  want: 0x15,
  time: 0x16,
  unreachable: 0x17,
  punch: 0x18,
  parity: 0x19,
  oob: 0x1a,
  goodbye: 0x1c,
  witness: 0x1d,
  recovered: 0x1e,
  guarded: 0x1f,
  data: 0x20,
  'data-last': 0x21,
  piece: 0x22,
  table: 0x23,
  lost: 0x24,
} as const;

/** REFUSED codes in the order of their numbers, from 1. */
export const REFUSAL_CODES: readonly RefusalReason[] = [
  'failed',
  'not-allowed',
  'network-unreachable',
  'host-unreachable',
  'connection-refused',
  'no-such-host',
  'timed-out',
  'not-an-exit',
  'overloaded',
];

/** RESET and STOP codes in the order of their numbers, from 1. */
export const RESET_CODES: readonly ResetReason[] = [
  'reset-by-near',
  'reset-by-far',
  'session-gone',
  'shutting-down',
  'protocol-error',
];

/** The steps of PUNCH in the order of their numbers, from 1. */
export const PUNCH_STEPS = ['ask', 'lead', 'follow', 'local'] as const;

/** The longest topic and the longest content of OOB, in bytes. */
export const MAX_TOPIC_BYTES = 32;
export const MAX_OOB_BYTES = 1_000;

/** GOODBYE codes in the order of their numbers, from 1. */
export const GOODBYE_CODES: readonly GoodbyeReason[] = ['stopping', 'restarting', 'superseded'];

/** The most ranges in an ACK or REPAIR. */
export const MAX_RANGES = 32;

/** The most bytes in a piece, so that its frame fits the payload of a message of 548 bytes, and the most pieces of a frame. */
export const MAX_PIECE_BYTES = 471;
export const MAX_PIECES = 4;

/** The most bytes in LOST: every number once. */
export const MAX_LOST_BYTES = 254;

/** Bytes of the content of TABLE. */
export const TABLE_BYTES = 9;

/** The longest item of gossip in a frame, in bytes. */
export const MAX_GOSSIP_FRAME_BYTES = 60_000;

/** Whether a packet with this frame is to be acknowledged. */
export function isEliciting({ type }: Frame): boolean {
  if (type === 'ack' || type === 'recovered' || type === 'guarded') return false;
  return type !== 'response' && type !== 'time' && type !== 'unreachable';
}

/** Whether a packet with this frame is to be acknowledged at once. */
export function isUrgent(frame: Frame): boolean {
  return frame.type === 'ping' || (frame.type === 'data' && frame.last);
}
