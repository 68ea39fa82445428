import { createServer, isIP } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Connect } from '../connect-outcome.ts';
import type { Scheduler } from '../scheduler.ts';
import { IngressConnection } from './ingress-connection.ts';
import type { IngressOutcome } from './ingress-connection.ts';
import { ListenError, listenError } from './listen-error.ts';
import { PasswordCheck } from './password-check.ts';

/** What a {@link SocksServer} is made of. */
export interface SocksServerOptions {
  readonly connect: Connect;
  readonly scheduler: Scheduler;
  /** How long a program may take for its request, in ms; 30 s unless told. */
  readonly handshakeMs?: number;
  /** What programs must know, 1 to 255 bytes of UTF-8; none unless told. */
  readonly password?: string;
  /** Connections above this many are dropped at once; 4,096 unless told. */
  readonly maxConnections?: number;
  /** Told how each connection ended, for logs. */
  readonly onEnd?: (outcome: IngressOutcome) => void;
}

/** 10 minutes: often enough for the common NAT, seldom enough for a battery. */
const KEEP_ALIVE_MS = 600_000;
/** A socket's own buffers, in bytes. Node's 16 KB would stop the flow several times per round trip. */
const SOCKET_BUFFER_BYTES = 256 * 1024;

/**
 * The port that programs use as their proxy. It never asks the DNS anything: names go to the exit as they are.
 */
export class SocksServer {
  readonly #server: Server;
  readonly #connections = new Set<IngressConnection>();
  readonly #password: PasswordCheck | null;
  #closing: Promise<void> | null = null;

  constructor(options: SocksServerOptions) {
    this.#password = options.password === undefined ? null : new PasswordCheck(options.password);
    this.#server = createServer({
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      highWaterMark: SOCKET_BUFFER_BYTES,
    });
    this.#server.maxConnections = options.maxConnections ?? 4096;
    this.#server.on('connection', (socket: Socket) => this.#take(socket, options));
  }

  /** Programs connected right now. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Opens the port and returns it, which is how port 0 is learned.
   * @param host an IP address; a name would have to be looked up.
   * @throws {ListenError}
   */
  async listen(host: string, port: number): Promise<number> {
    if (isIP(host) === 0) {
      throw new ListenError('not-an-address', `${host} is not an IP address: use 127.0.0.1 or [::1]`);
    }
    const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    await new Promise<void>((resolve, reject) => {
      const failed = (error: Error): void => reject(listenError(error, place));
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        // Later errors are failed accepts (EMFILE): that program is turned away, the port stays open.
        this.#server.on('error', () => {});
        resolve();
      });
    });
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Closes the port and cuts off every program. Idempotent, never rejects. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const connection of [...this.#connections]) connection.close();
    });
    return this.#closing;
  }

  #take(socket: Socket, options: SocksServerOptions): void {
    const connection = new IngressConnection(socket, {
      connect: options.connect,
      scheduler: options.scheduler,
      handshakeMs: options.handshakeMs ?? 30_000,
      // Neither is absent while the socket is open.
      proxy: { host: socket.localAddress ?? '', port: socket.localPort ?? 0 },
      ...(this.#password === null ? {} : { password: this.#password }),
      closed: (outcome) => {
        this.#connections.delete(connection);
        options.onEnd?.(outcome);
      },
    });
    this.#connections.add(connection);
  }
}
