/** What a parser of the user's text returns where the text is wrong: a sentence that says what, and what to do. */
export interface ParseFailure {
  readonly error: string;
}

/** Tells a failure from the parsed value. */
export function isFailure<T>(result: T | ParseFailure): result is ParseFailure {
  return typeof result === 'object' && result !== null && 'error' in result;
}
