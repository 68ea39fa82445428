/** Read or write for the group or for everybody. */
const SHARED_ACCESS = 0o066;

/**
 * Checks the mode of a file that holds secrets: null where only its owner can read and write it, else a sentence with
 * the fix. Windows has no such modes and always passes.
 */
export function checkFileMode(mode: number, platform: NodeJS.Platform, file: string): string | null {
  if (platform === 'win32' || (mode & SHARED_ACCESS) === 0) return null;
  const who = (mode & 0o006) === 0 ? 'its group' : 'other users';
  const may = (mode & 0o044) === 0 ? 'change' : (mode & 0o022) === 0 ? 'read' : 'read or change';
  return `${file} holds secret keys, and ${who} of this machine can ${may} it; run: chmod 600 ${shellWord(file)}`;
}

/** The text as one word of a POSIX shell. */
function shellWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[A-Za-z0-9_./~:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
