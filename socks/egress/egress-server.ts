import type { NodeId } from '../../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../../mesh/mesh-stream.ts';
import type { RefusalReason } from '../../mesh/session/stream-codes.ts';
import type { Target } from '../../mesh/session/target.ts';
import { StreamPump } from '../stream-pump.ts';
import type { PumpTotals } from '../stream-pump.ts';
import { ClientLoad } from './client-load.ts';
import type { DialOutcome, ExitDialer } from './exit-dialer.ts';

/** How a client's stream ended. */
export type EgressOutcome =
  | { readonly type: 'refused'; readonly client: NodeId; readonly target: Target; readonly reason: RefusalReason }
  /** The client asked where a name is. */
  | { readonly type: 'located'; readonly client: NodeId; readonly target: Target }
  /** The client took it back while the exit was still connecting. */
  | { readonly type: 'cancelled'; readonly client: NodeId; readonly target: Target }
  | { readonly type: 'served'; readonly client: NodeId; readonly target: Target; readonly totals: PumpTotals };

/** The bound address where nothing was connected to. */
const NOWHERE: Target = { host: { type: 'ip', bytes: new Uint8Array(4) }, port: 0 };

/** What an {@link EgressServer} is made of. */
export interface EgressServerOptions {
  readonly dialer: Pick<ExitDialer, 'dial'>;
  /** Streams of one client at a time, dials included; 1,024 unless told. */
  readonly maxStreamsPerClient?: number;
  /** Dials of one client at a time; 256 unless told. */
  readonly maxDialsPerClient?: number;
  /** Told how each stream ended, for logs. */
  readonly onEnd?: (outcome: EgressOutcome) => void;
}

/** The exit's side of the streams that clients open: dials, answers, and joins stream and socket. */
export class EgressServer {
  readonly #options: EgressServerOptions;
  readonly #load: ClientLoad;
  /** One entry a stream; the function cuts it off. */
  readonly #open = new Map<MeshStream, () => void>();
  #closed = false;

  constructor(options: EgressServerOptions) {
    this.#options = options;
    this.#load = new ClientLoad(options.maxStreamsPerClient ?? 1024, options.maxDialsPerClient ?? 256);
  }

  /** Streams being dialled or served. */
  get streams(): number {
    return this.#open.size;
  }

  /** Takes a stream that a client has just opened, and its events. */
  accept(stream: MeshStream): void {
    if (this.#closed || !this.#load.startDial(stream.peer)) {
      stream.onEvent = () => {};
      this.#refuse(stream, 'overloaded');
      return;
    }
    let stopped: StreamEvent | null = null;
    const cancelDial = this.#options.dialer.dial(stream.target, (outcome) => {
      this.#load.endDial(stream.peer);
      this.#dialled(stream, outcome);
      if (stopped !== null && outcome.type === 'connected') stream.onEvent(stopped);
    });
    const giveUp = (): void => {
      cancelDial();
      this.#load.endDial(stream.peer);
      this.#release(stream, { type: 'cancelled', client: stream.peer, target: stream.target });
    };
    this.#open.set(stream, () => {
      stream.onEvent = () => {};
      stream.reset('shutting-down');
      giveUp();
    });
    stream.onEvent = (event) => {
      if (event.type === 'reset') giveUp();
      // The client's first bytes stay in the stream, but that it wants none is said only once.
      else if (event.type === 'stopped') stopped = event;
    };
  }

  /** Cuts off all streams and refuses new ones. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const cutOff of [...this.#open.values()]) cutOff();
  }

  #dialled(stream: MeshStream, outcome: DialOutcome): void {
    switch (outcome.type) {
      case 'refused':
        this.#load.endStream(stream.peer);
        this.#open.delete(stream);
        this.#refuse(stream, outcome.reason);
        return;
      case 'located':
        stream.onEvent = () => {};
        stream.accept(NOWHERE, outcome.lookupMs, outcome.destination);
        stream.finish();
        stream.stop('reset-by-far');
        this.#release(stream, { type: 'located', client: stream.peer, target: stream.target });
        return;
      case 'connected': {
        stream.accept(outcome.bound, outcome.connectMs, outcome.destination);
        const pump = new StreamPump(outcome.socket, stream, {
          side: 'far',
          lendsBytes: true,
          closed: (totals) =>
            this.#release(stream, { type: 'served', client: stream.peer, target: stream.target, totals }),
        });
        this.#open.set(stream, () => pump.close('shutting-down'));
        return;
      }
    }
  }

  #refuse(stream: MeshStream, reason: RefusalReason): void {
    stream.refuse(reason);
    this.#options.onEnd?.({ type: 'refused', client: stream.peer, target: stream.target, reason });
  }

  #release(stream: MeshStream, outcome: EgressOutcome): void {
    if (!this.#open.delete(stream)) return;
    this.#load.endStream(stream.peer);
    this.#options.onEnd?.(outcome);
  }
}
