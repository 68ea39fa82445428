import type { RefusalReason } from '../../mesh/session/stream-codes.ts';
import type { Target } from '../../mesh/session/target.ts';
import type { EgressResolver } from '../egress/egress-resolver.ts';
import { ExitDialer, type DialOutcome } from '../egress/exit-dialer.ts';
import type { PumpStream } from '../stream-pump.ts';
import type { Scheduler } from '../scheduler.ts';
import { checkDirect, type AddressSource, type OwnPlaces } from './direct-policy.ts';
import { DirectStream, type BeginDial } from './direct-stream.ts';

/** What a {@link DirectDialer} is made of. */
export interface DirectDialerOptions {
  /** What is this machine's own; read at each connection. */
  readonly own: () => OwnPlaces;
  readonly scheduler: Scheduler;
  /** Connections at a time, those being made included; 1,024 unless told, as many as an exit lets a client have. */
  readonly maxStreams?: number;
}

type Refused = Extract<DialOutcome, { readonly type: 'refused' }>;

/** Connects from this machine itself, past the mesh, to addresses and never to names. */
export class DirectDialer {
  readonly #dialers: Readonly<Record<AddressSource, ExitDialer>>;
  readonly #maxStreams: number;
  readonly #open = new Set<PumpStream>();

  constructor({ own, scheduler, maxStreams = 1024 }: DirectDialerOptions) {
    this.#maxStreams = maxStreams;
    const from = (source: AddressSource): ExitDialer =>
      new ExitDialer({
        scheduler,
        check: (address, port) => checkDirect(own(), address, port, source),
        resolver: { resolve: neverResolve },
      });
    this.#dialers = { program: from('program'), exit: from('exit') };
  }

  /** Connections open and being made. */
  get streams(): number {
    return this.#open.size;
  }

  /** Begins a connection, told of by `opened` or `refused`; the owner must set `onEvent` at once. `address`: 4 or 16 bytes. */
  readonly open = (address: Uint8Array, port: number, source: AddressSource): PumpStream => {
    const target: Target = { host: { type: 'ip', bytes: address }, port };
    const hasRoom = this.#open.size < this.#maxStreams;
    const begin: BeginDial = (done) =>
      hasRoom ? this.#dialers[source].dial(target, done) : refuse('overloaded', done);
    const stream: PumpStream = new DirectStream(begin, () => this.#open.delete(stream));
    this.#open.add(stream);
    return stream;
  };

  /** Cuts all connections off. Idempotent. */
  close(): void {
    for (const stream of [...this.#open]) stream.reset('shutting-down');
  }
}

/** There are only addresses here; a name would be looked up where everybody on the way sees it. */
const neverResolve: EgressResolver['resolve'] = (_name, done) => refuse('not-allowed', done);

function refuse(reason: RefusalReason, done: (outcome: Refused) => void): () => void {
  let isWanted = true;
  queueMicrotask(() => {
    if (isWanted) done({ type: 'refused', reason });
  });
  return () => {
    isWanted = false;
  };
}
