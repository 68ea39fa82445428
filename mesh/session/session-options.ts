import type { NodeId } from '../../config/node-id.ts';
import type { PortionSettings } from './portion.ts';

/** How a session is set up. */
export interface SessionOptions {
  readonly peer: NodeId;
  /** True on the side with the lower node number. */
  readonly opensEvenStreams: boolean;
  /** How long nothing may be heard while something is outstanding, in ms; Infinity where silence is waited out. */
  readonly deathAfterMs: number;
  /** The rate on datagram paths in bytes per ms, whatever gets lost; null or absent where it is to be found out. */
  readonly sendBytesPerMs?: number | null;
  /** What goes by way of other nodes; absent: as is usual. */
  readonly portion?: PortionSettings;
  readonly nowMs: number;
  /** Called when a stream has got something to do, in between or within other calls: {@link Session.wakeAtMs} has come. */
  readonly onWork?: () => void;
}
