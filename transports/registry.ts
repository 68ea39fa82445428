import type { TransportName } from '../config/endpoint.ts';
import type { RandomBytes } from './random-integer.ts';
import { scheduleByTimer } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { SendBufferPool } from './send-buffer-pool.ts';
import type { SocketOptions } from './socket-options.ts';
import { createTcpTransport } from './tcp/tcp-transport.ts';
import type { TransportContext } from './transport-context.ts';
import type { MeasureMessage, Transport } from './transport.ts';
import { createUdpTransport } from './udp/udp-transport.ts';

/** What the transports need from outside. */
export interface TransportOptions {
  /** Recognises a sealed message of this mesh. */
  readonly measure: MeasureMessage;
  /** For preambles and for how long strangers are listened to; must be unpredictable. */
  readonly random: RandomBytes;
  /** The process's timers where left out. */
  readonly schedule?: Schedule;
  /** Batches and options of the system's sockets, where they can be had. */
  readonly socketOptions?: SocketOptions | null;
}

/** The transports of this build by the name endpoints use. One that is missing here is not supported. */
export function createTransports(options: TransportOptions): ReadonlyMap<TransportName, Transport> {
  const context: TransportContext = {
    measure: options.measure,
    random: options.random,
    schedule: options.schedule ?? scheduleByTimer,
    buffers: new SendBufferPool(),
    socketOptions: options.socketOptions ?? null,
  };
  return new Map<TransportName, Transport>([
    ['udp', createUdpTransport(context)],
    ['tcp', createTcpTransport(context)],
  ]);
}
