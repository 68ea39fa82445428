import type { ParseFailure } from './parse-failure.ts';

/** Longest name of a node, in bytes of UTF-8 (PROTOCOL §2, node record). */
export const MAX_NAME_BYTES = 63;

/** What could disturb a terminal or a table: controls, line separators, lone surrogates, changes of direction. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** A node's name as other members see it: printable, 1 to {@link MAX_NAME_BYTES} bytes of UTF-8, no space at its ends. */
export function parseNodeName(text: string): string | ParseFailure {
  if (text === '') return { error: 'is empty; give the node a name' };
  if (UNPRINTABLE.test(text)) return { error: 'holds control characters; use letters, digits, spaces and signs' };
  if (text.trim() !== text) return { error: 'has white space at its start or end; remove it' };
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MAX_NAME_BYTES) return text;
  return { error: `is ${bytes} bytes long in UTF-8; shorten it to at most ${MAX_NAME_BYTES}` };
}
