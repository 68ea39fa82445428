import { statSync } from 'node:fs';
import { systemErrorCode } from '../user-error.ts';

/** Tells one state of a file from another without reading it; a file that can't be looked at has a signature too. */
export function fileSignature(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return systemErrorCode(error) ?? 'unknown';
  }
}
