import type { Frame, PacketRange } from './frame.ts';
import type { NextData } from './sending-half.ts';
import type { Stream } from './stream.ts';

/** What a packet carried, as far as its loss or its acknowledgement means something. */
export type SentFrame =
  | { readonly type: 'data'; readonly stream: Stream; readonly data: NextData }
  | { readonly type: 'open'; readonly stream: Stream }
  /** Sent again as it is until it is acknowledged. */
  | { readonly type: 'control'; readonly frame: Frame; readonly stream: Stream | null }
  /** Sent again with the newest value. */
  | { readonly type: 'max-data' }
  | { readonly type: 'max-streams' }
  | { readonly type: 'max-stream-data'; readonly stream: Stream }
  | { readonly type: 'ack'; readonly pathId: number; readonly ranges: readonly PacketRange[] }
  | { readonly type: 'repair'; readonly pathId: number; readonly ranges: readonly PacketRange[] }
  | { readonly type: 'ping'; readonly token: number }
  /** What another packet carries as well: that it arrived counts, that it was lost does not. */
  | { readonly type: 'copy'; readonly frame: SentFrame }
  /** Elicits an acknowledgement and needs no repair. */
  | { readonly type: 'once' };
