import { pino, type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from '../config/config.ts';

/** What is written at most while nobody reads it, in bytes; beyond that lines are dropped, the node goes on. */
const MAX_UNREAD_LOG_BYTES = 1 << 20;

/** How long a reader gets to take the last lines, in ms. */
const FLUSH_DEADLINE_MS = 500;

/** The process's log and the way to get its last lines out before the process ends. */
export interface ProcessLog {
  readonly log: Logger;
  /** Resolves when all lines are out, or nobody takes them. Never rejects. */
  flush(): Promise<void>;
}

/**
 * Opens the log on standard output: one line of JSON an event, or coloured text where a person reads it.
 * Nothing is ever logged that holds a key, a credential or an invite link.
 */
export async function openLog(level: LogLevel, isTerminal: boolean): Promise<ProcessLog> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime } as const;
  if (isTerminal) {
    const { default: pretty } = await import('pino-pretty');
    const stream: DestinationStream = pretty({ colorize: true, translateTime: 'SYS:HH:MM:ss', sync: true });
    return { log: pino(options, stream), flush: () => Promise.resolve() };
  }
  // A minimum of one byte changes nothing but that `flush` waits; without a minimum it believes there is nothing to wait for.
  const destination = pino.destination({ dest: 1, sync: false, minLength: 1, maxLength: MAX_UNREAD_LOG_BYTES });
  // A reader that went away (`up | head`) is no reason to stop a node.
  destination.on('error', () => {});
  return { log: pino(options, destination), flush: () => flushed(destination) };
}

function flushed(destination: ReturnType<typeof pino.destination>): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, FLUSH_DEADLINE_MS);
    // Not `flushSync`: it overtakes a line that is being written.
    destination.flush(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}

export type { Logger };
