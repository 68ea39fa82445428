import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { MAX_REQUEST_BYTES, parseControlRequest, type ControlReply, type ControlRequest } from './control-request.ts';
import { LineSplitter } from './line-splitter.ts';

/** Connections served at once. */
const MAX_CONNECTIONS = 32;

/** How long a connection may take to say what it wants. */
const REQUEST_DEADLINE_MS = 5_000;

/** Replies that a client leaves unread beyond this end its connection. */
const MAX_UNREAD_BYTES = 1 << 20;

/** Does what a request asks. Throws with a sentence for the user where it can't. */
export type ControlHandler = (
  request: ControlRequest,
  send: (item: unknown) => void,
  options: { readonly signal: AbortSignal },
) => Promise<void> | void;

/**
 * Answers local clients on a Unix domain socket (a named pipe on Windows): one line of JSON in, some lines out.
 * Only who may open the socket's folder can ask; what is not a request is cut off without a word.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(handler: ControlHandler) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      serve(socket, handler);
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Listens at `path`, where nothing may be yet. Rejects with the system's error. */
  static async listen(path: string, handler: ControlHandler): Promise<ControlServer> {
    const control = new ControlServer(handler);
    const server = control.#server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    server.removeAllListeners('error');
    // Accepting one connection may fail (too many open files); the node goes on.
    server.on('error', () => {});
    if (process.platform !== 'win32') chmodSync(path, 0o600);
    return control;
  }

  /** Stops listening, removes the socket and cuts every client off. Idempotent, never rejects. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function serve(socket: Socket, handler: ControlHandler): void {
  const splitter = new LineSplitter(MAX_REQUEST_BYTES);
  const gone = new AbortController();
  const deadline = setTimeout(() => socket.destroy(), REQUEST_DEADLINE_MS);
  let asked = false;
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(deadline);
    gone.abort();
  });
  // Half-open clients would keep what they asked for going after they have gone.
  socket.on('end', () => socket.destroy());
  socket.on('data', (bytes) => {
    if (asked) {
      socket.destroy();
      return;
    }
    const lines = splitter.push(bytes);
    const line = lines[0];
    if (line === undefined && !splitter.tooLong) return;
    const request = line === undefined || lines.length > 1 ? null : parseControlRequest(line);
    if (request === null) {
      socket.destroy();
      return;
    }
    asked = true;
    clearTimeout(deadline);
    void answer(socket, request, handler, gone.signal);
  });
}

async function answer(
  socket: Socket,
  request: ControlRequest,
  handler: ControlHandler,
  signal: AbortSignal,
): Promise<void> {
  const send = (reply: ControlReply): void => {
    if (signal.aborted) return;
    socket.write(`${JSON.stringify(reply)}\n`);
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
  };
  try {
    await handler(request, (value) => send({ type: 'item', value }), { signal });
    send({ type: 'end' });
  } catch (error) {
    send({ type: 'error', message: error instanceof Error ? error.message : String(error) });
  }
  socket.end();
}
