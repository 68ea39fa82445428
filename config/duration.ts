import type { ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

const UNIT_SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/** Longest duration, in seconds: ten years of 365 days. */
export const MAX_DURATION_SECONDS = 3_650 * 86_400;

/** Reads `7d`, `12h`, `30m` or `90s` and returns seconds, from 1 to {@link MAX_DURATION_SECONDS}. */
export function parseDuration(text: string): number | ParseFailure {
  const match = /^([1-9]\d{0,8})([dhms])$/.exec(text.trim());
  if (match === null) return { error: `${quote(text)} is not a duration; write a number and d, h, m or s, such as 7d` };
  const seconds = Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS];
  if (seconds <= MAX_DURATION_SECONDS) return seconds;
  return { error: `${quote(text)} is too long; the longest duration is ${formatDuration(MAX_DURATION_SECONDS)}` };
}

/** The shortest text that {@link parseDuration} reads back to these seconds, which must be a whole number above 0. */
export function formatDuration(seconds: number): string {
  if (seconds % UNIT_SECONDS.d === 0) return `${seconds / UNIT_SECONDS.d}d`;
  if (seconds % UNIT_SECONDS.h === 0) return `${seconds / UNIT_SECONDS.h}h`;
  if (seconds % UNIT_SECONDS.m === 0) return `${seconds / UNIT_SECONDS.m}m`;
  return `${seconds}s`;
}
