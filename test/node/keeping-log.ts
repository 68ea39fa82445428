import { pino } from 'pino';
import type { Logger } from '../../node/log.ts';

/** A log that keeps its lines for the test to look at. */
export function keepingLog(): { readonly log: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { log: pino({ level: 'debug', base: null, timestamp: false }, { write }), lines };
}
