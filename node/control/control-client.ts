import { connect } from 'node:net';
import { explainSystemError, systemErrorCode } from '../user-error.ts';
import { parseControlReply, type ControlRequest } from './control-request.ts';
import { LineSplitter } from './line-splitter.ts';

/** The longest reply line read, in bytes: 254 nodes at 4 KB each. */
const MAX_REPLY_BYTES = 1 << 20;

/** A node that lives answers what needs no measuring at once; after so long without a word its process hangs, in ms. */
const PATIENCE_MS = 5_000;
/** `paths` measures for so long at most before its first word, an echo to a node without a session included, in ms. */
const MEASURING_MS = 5_000;

/** Why a request was not done. */
export type ControlErrorCode =
  /** Nobody listens: no process runs for this configuration. */
  | 'not-running'
  /** The node said why not; the message is for the user. */
  | 'refused'
  /** The connection ended before the answer did. */
  | 'cut-off'
  /** Somebody listens and says nothing: the process is stopped, or hangs. */
  | 'silent';

/** A request to a running node failed. */
export class ControlError extends Error {
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ControlError';
    this.code = code;
  }
}

/** How a node is asked. */
export interface AskNodeOptions {
  readonly signal?: AbortSignal;
  /** How long it may say nothing, in ms; what is usual for the request unless told. */
  readonly patienceMs?: number;
}

/** Asks the node at `path`; `onItem` gets what it answers, in order. Resolves at the answer's end; rejects with a {@link ControlError}. */
export function askNode(
  path: string,
  request: ControlRequest,
  onItem: (item: unknown) => void,
  options: AskNodeOptions = {},
): Promise<void> {
  const patienceMs = options.patienceMs ?? longestSilenceMs(request);
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const splitter = new LineSplitter(MAX_REPLY_BYTES);
    const settle = (error: ControlError | null): void => {
      clearTimeout(silence);
      socket.destroy();
      if (error === null) resolve();
      else reject(error);
    };
    const silence = setTimeout(() => settle(new ControlError('silent', 'the node does not answer')), patienceMs);
    options.signal?.addEventListener('abort', () => settle(null), { once: true });
    socket.on('error', (error) => {
      const code = systemErrorCode(error);
      const absent = code === 'ENOENT' || code === 'ECONNREFUSED';
      settle(new ControlError(absent ? 'not-running' : 'cut-off', explainSystemError(error), { cause: error }));
    });
    socket.on('close', () => settle(new ControlError('cut-off', 'the node ended before it had answered')));
    socket.on('data', (bytes) => {
      silence.refresh();
      for (const line of splitter.push(bytes)) {
        const reply = parseControlReply(line);
        if (reply === null) return settle(new ControlError('cut-off', 'the node answered something unreadable'));
        switch (reply.type) {
          case 'item':
            onItem(reply.value);
            break;
          case 'end':
            return settle(null);
          case 'error':
            return settle(new ControlError('refused', reply.message));
        }
      }
      if (splitter.tooLong) settle(new ControlError('cut-off', 'the node answered something unreadable'));
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

function longestSilenceMs(request: ControlRequest): number {
  switch (request.do) {
    case 'ping':
      return request.everyMs + PATIENCE_MS;
    case 'paths':
      return MEASURING_MS + PATIENCE_MS;
    case 'status':
    case 'nodes':
    case 'sites':
    case 'pin':
    case 'unpin':
    case 'why':
    case 'drain':
    case 'undrain':
    case 'admit':
      return PATIENCE_MS;
  }
}

/** True where a process listens at `path`, even one that is too busy to answer. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error) => {
      // A socket that can't be opened, or has a full queue, still belongs to somebody.
      const code = systemErrorCode(error);
      resolve(code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== 'ENOTSOCK');
    });
  });
}
