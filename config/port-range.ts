import type { ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';
import type { PortRange } from './rule-settings.ts';

/** Reads a port such as 443, or a range such as `8000-9000`. */
export function parsePortRange(value: number | string): PortRange | ParseFailure {
  const match = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(String(value));
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  const isPort = (port: number): boolean => port >= 1 && port <= 65_535;
  if (!isPort(first) || !isPort(last)) {
    return { error: `is ${shown(value)}; write a port from 1 to 65535, such as 443, or a range such as 8000-9000` };
  }
  if (first > last) return { error: `is ${shown(value)}, which ends before it begins; write ${last}-${first}` };
  return { first, last };
}

/** The text of it: `443` or `8000-9000`. */
export function formatPortRange({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function shown(value: number | string): string {
  return typeof value === 'number' ? String(value) : quote(value);
}
