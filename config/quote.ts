/** Longest piece of the user's text that a message repeats, in UTF-16 units. */
const MAX_QUOTED = 80;

/**
 * Base64 of either alphabet and hex: the spellings that keys come in. A 32-byte key has 43 characters or more, and
 * a piece of one that is short enough to stay below the limit is useless.
 */
const KEY_LIKE = /[A-Za-z0-9+/_=-]{24,}/g;

/** Something that the user wrote, for a message: in quotes, on one line, shortened, and without anything that could be a key. */
export function quote(text: string): string {
  const hidden = text.replace(KEY_LIKE, '…');
  return JSON.stringify(hidden.length > MAX_QUOTED ? `${hidden.slice(0, MAX_QUOTED)}…` : hidden);
}
