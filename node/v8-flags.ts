import { setFlagsFromString } from 'node:v8';

/** A version of V8 whose flags were looked up: those of Node 20, 22 and 24. */
export type V8Version = '11.3' | '12.4' | '13.6';

const KNOWN_VERSIONS: readonly V8Version[] = ['11.3', '12.4', '13.6'];

/** The version that runs here; null where it is none of those. */
export function v8Version(version = process.versions.v8): V8Version | null {
  return KNOWN_VERSIONS.find((known) => version.startsWith(`${known}.`)) ?? null;
}

/**
 * Sets a flag such as `--expose-gc`, which may be another one in each version. Does nothing where V8 is of no known version:
 * it would write an error to stderr for a flag that it has not.
 */
export function setV8Flag(flag: string | Readonly<Record<V8Version, string>>, version = v8Version()): void {
  if (version !== null) setFlagsFromString(typeof flag === 'string' ? flag : flag[version]);
}
