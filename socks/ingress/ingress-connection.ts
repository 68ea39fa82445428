import type { HostPort } from '../../config/host-port.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { ExitOverrides } from '../exits/overrides.ts';
import type { Target } from '../../mesh/session/target.ts';
import type { Connect, ConnectFailure, ConnectOutcome } from '../connect-outcome.ts';
import { resetSocket } from '../reset-socket.ts';
import type { Scheduler } from '../scheduler.ts';
import { StreamPump } from '../stream-pump.ts';
import type { PumpSocket, PumpTotals } from '../stream-pump.ts';
import { detectIngress } from './detect-ingress.ts';
import { detectForeign } from './foreign-protocol.ts';
import type { IngressEvent, IngressProtocol, IngressRejection } from './ingress-protocol.ts';
import type { PasswordCheck } from './password-check.ts';

/** How a program's connection ended. */
export type IngressOutcome =
  /** It left, or ran out of time, before it had asked for anything. */
  | { readonly type: 'silent' }
  | { readonly type: 'rejected'; readonly why: IngressRejection; readonly detail?: string }
  | { readonly type: 'failed'; readonly target: Target; readonly reason: ConnectFailure }
  /** It left before it was connected. */
  | { readonly type: 'cancelled'; readonly target: Target }
  /** `exit`: null where it went directly. */
  | { readonly type: 'served'; readonly target: Target; readonly exit: NodeId | null; readonly totals: PumpTotals };

/** What an {@link IngressConnection} is made of. */
export interface IngressConnectionOptions {
  readonly connect: Connect;
  readonly scheduler: Scheduler;
  readonly handshakeMs: number;
  /** The address that the program has connected to. */
  readonly proxy: HostPort;
  /** What programs must know; absent where everybody may connect. */
  readonly password?: PasswordCheck;
  /** Called once, when the socket is closed, never inside the constructor. */
  readonly closed: (outcome: IngressOutcome) => void;
}

/** How long a program that was refused may take to hang up, in ms. */
const LINGER_MS = 2_000;

/** Read ahead of the connection, in bytes. */
const MAX_EARLY_BYTES = 65_536;

/** One program's connection from its first byte to its end: handshake, then a {@link StreamPump}. */
export class IngressConnection {
  readonly #socket: PumpSocket;
  readonly #options: IngressConnectionOptions;
  readonly #early: Buffer[] = [];
  #earlyBytes = 0;
  #protocol: IngressProtocol | null = null;
  #outcome: IngressOutcome = { type: 'silent' };
  #pump: StreamPump | null = null;
  #cancelDeadline: () => void;
  #cancelConnect: () => void = () => {};

  constructor(socket: PumpSocket, options: IngressConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#cancelDeadline = options.scheduler.after(options.handshakeMs, () => socket.destroy());
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  /** Cuts the program off. Idempotent. */
  close(): void {
    if (this.#pump !== null) this.#pump.close('shutting-down');
    else resetSocket(this.#socket);
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#protocol ??= detectIngress(bytes[0]!, this.#options.password ?? null);
    if (this.#protocol === null) {
      const foreign = detectForeign(bytes[0]!, this.#options.proxy);
      this.#outcome = { type: 'rejected', why: foreign?.why ?? 'unknown-protocol' };
      if (foreign !== null) this.#socket.write(foreign.reply);
      this.#hangUp();
      return;
    }
    for (const event of this.#protocol.receive(bytes)) this.#handle(event, this.#protocol);
  };

  #handle(event: IngressEvent, protocol: IngressProtocol): void {
    switch (event.type) {
      case 'send':
        this.#socket.write(event.bytes);
        return;
      case 'close':
        this.#outcome = {
          type: 'rejected',
          why: event.why,
          ...(event.detail === undefined ? {} : { detail: event.detail }),
        };
        this.#hangUp();
        return;
      case 'connect':
        this.#connect(event.target, event.firstBytes, protocol, event.overrides);
        return;
    }
  }

  #connect(target: Target, firstBytes: Uint8Array, protocol: IngressProtocol, overrides?: ExitOverrides): void {
    this.#cancelDeadline();
    this.#stopHandshake();
    // Read on, within bounds: a socket that is not read does not show that its program has given up.
    this.#socket.on('data', this.#onEarly);
    this.#outcome = { type: 'cancelled', target };
    const answer = (outcome: ConnectOutcome): void => {
      this.#cancelConnect = () => {};
      this.#answer(outcome, target, firstBytes, protocol);
    };
    this.#cancelConnect = this.#options.connect(target, answer, overrides);
  }

  #answer(outcome: ConnectOutcome, target: Target, firstBytes: Uint8Array, protocol: IngressProtocol): void {
    this.#socket.off('data', this.#onEarly);
    switch (outcome.type) {
      case 'failed':
        this.#outcome = { type: 'failed', target, reason: outcome.reason };
        this.#socket.write(protocol.failureReply(outcome.reason));
        this.#hangUp();
        return;
      case 'opened': {
        const { stream, exit, observer } = outcome;
        this.#socket.pause();
        this.#socket.write(protocol.successReply(outcome.bound));
        this.#socket.off('error', this.#onError);
        this.#socket.off('close', this.#onClose);
        this.#pump = new StreamPump(this.#socket, stream, {
          side: 'near',
          firstBytes: Buffer.concat([firstBytes, ...this.#early]),
          observer,
          closed: (totals) => {
            observer.ended();
            this.#options.closed({ type: 'served', target, exit, totals });
          },
        });
        return;
      }
    }
  }

  /**
   * Ends the own side and reads on into nothing: closing over unread bytes would be an RST, and that destroys
   * the reply just sent.
   */
  #hangUp(): void {
    this.#cancelDeadline();
    this.#stopHandshake();
    this.#cancelDeadline = this.#options.scheduler.after(LINGER_MS, () => this.#socket.destroy());
    this.#socket.end();
    this.#socket.resume();
  }

  #stopHandshake(): void {
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
  }

  /** What a program sends before it is connected; it may end its side then, too, which the pump sees. */
  readonly #onEarly = (bytes: Buffer): void => {
    this.#early.push(bytes);
    this.#earlyBytes += bytes.length;
    if (this.#earlyBytes >= MAX_EARLY_BYTES) this.#socket.pause();
  };

  /** A program that ends before its request is complete will not complete it. */
  readonly #onEnd = (): void => {
    this.#socket.end();
  };

  /** `close` follows. */
  readonly #onError = (): void => {};

  readonly #onClose = (): void => {
    this.#cancelDeadline();
    this.#cancelConnect();
    this.#stopHandshake();
    this.#socket.off('error', this.#onError);
    this.#socket.off('close', this.#onClose);
    this.#socket.off('data', this.#onEarly);
    this.#options.closed(this.#outcome);
  };
}
