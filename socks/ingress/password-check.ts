/** The longest password that a program can send: its length is one byte (RFC 1929). */
const MAX_PASSWORD_BYTES = 255;

/** A password to compare with. It can't be read back, and comparing takes the same time whatever differs. */
export class PasswordCheck {
  /** The length, then the bytes, then zeros. */
  readonly #expected: Uint8Array;

  /** @param password 1 to 255 bytes of UTF-8 */
  constructor(password: string) {
    this.#expected = padded(new TextEncoder().encode(password));
  }

  matches(given: Uint8Array): boolean {
    const other = padded(given);
    let difference = 0;
    for (let i = 0; i <= MAX_PASSWORD_BYTES; i++) difference |= this.#expected[i]! ^ other[i]!;
    return difference === 0;
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(1 + MAX_PASSWORD_BYTES);
  all[0] = bytes.length;
  all.set(bytes.subarray(0, MAX_PASSWORD_BYTES), 1);
  return all;
}
