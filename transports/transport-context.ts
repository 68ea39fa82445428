import type { RandomBytes } from './random-integer.ts';
import type { Schedule } from './schedule.ts';
import type { SendBufferPool } from './send-buffer-pool.ts';
import type { SocketOptions } from './socket-options.ts';
import type { MeasureMessage } from './transport.ts';

/** What every transport is given: it knows nothing of the mesh but how to recognise a message. */
export interface TransportContext {
  readonly measure: MeasureMessage;
  readonly random: RandomBytes;
  readonly schedule: Schedule;
  /** Shared by all links of all transports. */
  readonly buffers: SendBufferPool;
  /** Null where the system offers none. */
  readonly socketOptions: SocketOptions | null;
}
