import { connect } from 'node:net';
import type { Socket, TcpNetConnectOpts } from 'node:net';
import type { RefusalReason } from '../../mesh/session/stream-codes.ts';
import type { Destination, Host, Target } from '../../mesh/session/target.ts';
import { addressBytes, addressText, parseHost, unmapped } from '../host-text.ts';
import type { Scheduler } from '../scheduler.ts';
import type { EgressRefusal } from './egress-policy.ts';
import type { EgressResolver } from './egress-resolver.ts';
import { HappyEyeballs, STAGGER_MS } from './happy-eyeballs.ts';
import type { EyeballsAction } from './happy-eyeballs.ts';
import { refusalOfSystemError } from './system-error.ts';

/** How a dial ended. */
export type DialOutcome =
  | {
      readonly type: 'connected';
      /** Connected, paused and unread, `allowHalfOpen`, without any listener. Bytes of its 'data' are valid within the event only. */
      readonly socket: Socket;
      /** The exit's own address of that connection. */
      readonly bound: Target;
      /** How long the TCP handshake took that won, without the look-up. */
      readonly connectMs: number;
      /** Where it went. */
      readonly destination: Destination;
    }
  /** Port 0: the look-up took `lookupMs`, nothing was connected to. */
  | { readonly type: 'located'; readonly lookupMs: number; readonly destination: Destination }
  | { readonly type: 'refused'; readonly reason: RefusalReason };

/** What an {@link ExitDialer} is made of. */
export interface ExitDialerOptions {
  /** Asked for each resolved address, see `checkEgress`. */
  readonly check: (address: Uint8Array, port: number) => EgressRefusal | null;
  readonly resolver: Pick<EgressResolver, 'resolve'>;
  readonly scheduler: Scheduler;
  /** Where an address is, as this exit sees it; nowhere unless told. */
  readonly locate?: (address: Uint8Array) => Omit<Destination, 'address'> | null;
  /** For look-up and all attempts together; 10 s unless told. */
  readonly deadlineMs?: number;
  readonly staggerMs?: number;
}

const KEEP_ALIVE_MS = 600_000;
/** As at the ingress: Node's 16 KB would stop the flow several times per round trip. */
const SOCKET_BUFFER_BYTES = 256 * 1024;
/** What one read of a site brings at most, in bytes. */
const READ_BYTES = 256 * 1024;
/**
 * All sites are read into the same memory: a new buffer for each read is garbage outside V8's heap, and cold in the
 * processor's cache.
 */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Connects to what clients ask for, or says where it is (port 0), as far as the exit's policy lets it. */
export class ExitDialer {
  readonly #options: ExitDialerOptions;

  constructor(options: ExitDialerOptions) {
    this.#options = options;
  }

  /** Calls `done` once, never inside the call, and not at all after the returned function was called, which gives up. */
  dial(target: Target, done: (outcome: DialOutcome) => void): () => void {
    const dial = new Dial(target, this.#options, done);
    return () => dial.cancel();
  }
}

/** One socket that is connecting. */
interface Opening {
  readonly address: Uint8Array;
  readonly socket: Socket;
  readonly startedMs: number;
  readonly onConnect: () => void;
  readonly onError: (error: NodeJS.ErrnoException) => void;
}

/** One target being connected to. */
class Dial {
  readonly #port: number;
  readonly #options: ExitDialerOptions;
  readonly #done: (outcome: DialOutcome) => void;
  readonly #sockets = new Map<number, Opening>();
  #eyeballs: HappyEyeballs | null = null;
  #over = false;
  readonly #cancelDeadline: () => void;
  #cancelWake: () => void = () => {};
  readonly #cancelLookup: () => void;
  readonly #startedMs: number;

  constructor(target: Target, options: ExitDialerOptions, done: (outcome: DialOutcome) => void) {
    this.#port = target.port;
    this.#options = options;
    this.#done = done;
    this.#startedMs = options.scheduler.nowMs();
    this.#cancelDeadline = options.scheduler.after(options.deadlineMs ?? 10_000, () => this.#refuse('timed-out'));
    this.#cancelLookup = this.#lookUp(target.host);
  }

  cancel(): void {
    this.#finish();
  }

  #lookUp(host: Host): () => void {
    // Clients are not trusted to have read their program's names as they should: what getaddrinfo takes for an
    // address in disguise is turned away here.
    const read = host.type === 'ip' ? host : parseHost(host.name);
    if (read?.type === 'name') {
      return this.#options.resolver.resolve(read.name, (resolution) => {
        if (resolution.type === 'resolved') this.#start(resolution.addresses);
        else this.#refuse(resolution.reason);
      });
    }
    queueMicrotask(() => {
      if (read === null) this.#refuse('not-allowed');
      else this.#start([read.bytes]);
    });
    return () => {};
  }

  #start(resolved: readonly Uint8Array[]): void {
    if (this.#over) return;
    const addresses = resolved.map(unmapped);
    const allowed = addresses.filter((address) => this.#options.check(address, this.#port) === null);
    if (allowed.length === 0) return this.#refuse('not-allowed');
    // Who asks may want to go there itself, and most have IPv4 only.
    if (this.#port === 0) return this.#locate(allowed.find(({ length }) => length === 4) ?? allowed[0]!);
    this.#eyeballs = new HappyEyeballs(allowed, this.#options.staggerMs ?? STAGGER_MS);
    this.#perform(this.#eyeballs, this.#eyeballs.tick(this.#options.scheduler.nowMs()));
  }

  #perform(eyeballs: HappyEyeballs, actions: readonly EyeballsAction[]): void {
    for (const action of actions) {
      switch (action.type) {
        case 'start':
          this.#attempt(eyeballs, action.attempt, action.address);
          break;
        case 'abandon':
          this.#abandon(action.attempt);
          break;
        case 'won':
          this.#win(action.attempt);
          break;
        case 'lost':
          this.#refuse(action.reason);
          break;
      }
    }
    if (this.#over) return;
    this.#cancelWake();
    const { scheduler } = this.#options;
    const wakeAtMs = eyeballs.wakeAtMs;
    if (wakeAtMs === null) return;
    this.#cancelWake = scheduler.after(Math.max(0, wakeAtMs - scheduler.nowMs()), () => {
      this.#perform(eyeballs, eyeballs.tick(scheduler.nowMs()));
    });
  }

  #attempt(eyeballs: HappyEyeballs, attempt: number, address: Uint8Array): void {
    const { scheduler } = this.#options;
    const startedMs = scheduler.nowMs();
    // The typings don't know that sockets take the options of every stream.
    const socketOptions: TcpNetConnectOpts & { readonly highWaterMark: number } = {
      // Always an address: Node would look a name up, and that could answer differently from what was checked.
      host: addressText(address),
      port: this.#port,
      family: address.length === 4 ? 4 : 6,
      autoSelectFamily: false,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      highWaterMark: SOCKET_BUFFER_BYTES,
      onread: {
        buffer: readBuffer,
        callback(bytesRead) {
          return socket.emit('data', readBuffer.subarray(0, bytesRead));
        },
      },
    };
    const socket: Socket = connect(socketOptions);
    // What came before somebody listens would be lost.
    socket.pause();
    const onConnect = (): void => this.#perform(eyeballs, eyeballs.connected(attempt));
    const onError = (error: NodeJS.ErrnoException): void => {
      this.#sockets.delete(attempt);
      this.#perform(eyeballs, eyeballs.failed(attempt, refusalOfSystemError(error.code), scheduler.nowMs()));
    };
    this.#sockets.set(attempt, { address, socket, startedMs, onConnect, onError });
    socket.on('connect', onConnect);
    socket.on('error', onError);
  }

  #abandon(attempt: number): void {
    const entry = this.#sockets.get(attempt);
    this.#sockets.delete(attempt);
    entry?.socket.destroy();
  }

  #win(attempt: number): void {
    const entry = this.#sockets.get(attempt);
    if (entry === undefined) return;
    this.#sockets.delete(attempt);
    this.#finish();
    const { address, socket, startedMs } = entry;
    socket.off('connect', entry.onConnect);
    socket.off('error', entry.onError);
    this.#done({
      type: 'connected',
      socket,
      bound: {
        host: { type: 'ip', bytes: unmapped(addressBytes(socket.localAddress ?? '') ?? new Uint8Array(4)) },
        port: socket.localPort ?? 0,
      },
      connectMs: Math.max(0, Math.round(this.#options.scheduler.nowMs() - startedMs)),
      destination: this.#destination(address),
    });
  }

  #locate(address: Uint8Array): void {
    this.#finish();
    const lookupMs = Math.round(this.#options.scheduler.nowMs() - this.#startedMs);
    this.#done({ type: 'located', lookupMs, destination: this.#destination(address) });
  }

  #destination(address: Uint8Array): Destination {
    return { country: null, position: null, ...this.#options.locate?.(address), address };
  }

  #refuse(reason: RefusalReason): void {
    if (this.#over) return;
    this.#finish();
    this.#done({ type: 'refused', reason });
  }

  /** Lets go of everything but the answer. */
  #finish(): void {
    this.#over = true;
    this.#cancelDeadline();
    this.#cancelWake();
    this.#cancelLookup();
    for (const attempt of [...this.#sockets.keys()]) this.#abandon(attempt);
  }
}
