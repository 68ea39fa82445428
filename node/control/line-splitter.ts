const NEWLINE = 0x0a;

/** Cuts a byte stream into lines of UTF-8, and notices one that grows too long before it is all there. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #tooLong = false;

  /** `maxLineBytes` counts a line without its newline. */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** True once a line was too long. Nothing comes out any more then. */
  get tooLong(): boolean {
    return this.#tooLong;
  }

  /** Takes the next bytes and returns the lines they completed. */
  push(bytes: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      if (!this.#keep(bytes.subarray(from, end))) return lines;
      lines.push(Buffer.concat(this.#pending).toString('utf8'));
      this.#pending = [];
      this.#pendingBytes = 0;
      from = end + 1;
    }
    this.#keep(bytes.subarray(from));
    return lines;
  }

  #keep(part: Buffer): boolean {
    this.#pendingBytes += part.length;
    this.#tooLong ||= this.#pendingBytes > this.#maxLineBytes;
    if (this.#tooLong) return false;
    if (part.length > 0) this.#pending.push(Buffer.from(part));
    return true;
  }
}
