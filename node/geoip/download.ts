import { createWriteStream, openSync } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { explainDownloadError } from './download-problem.ts';
import { followRedirect } from './source-url.ts';

/** How a download ended. */
export type Downloaded =
  | { readonly type: 'done'; readonly bytes: number }
  /** The server has no such file: another month may be there. */
  | { readonly type: 'absent' }
  | { readonly type: 'failed'; readonly reason: string };

/** What a download needs to know. */
export interface DownloadOptions {
  /** An http or https address without user name and password. */
  readonly url: string;
  /** Where to; must not exist. What a failed download leaves there is the caller's to remove. */
  readonly path: string;
  /** Most bytes, of the transfer and after decompression. */
  readonly maxBytes: number;
  /** How long nothing may come, in ms. */
  readonly stallMs: number;
  /** How long it may take in all, in ms. */
  readonly maxMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Called as bytes come: those of the transfer, and how many there will be, where the server says so. */
  readonly onProgress: (receivedBytes: number, totalBytes: number | null) => void;
}

/** Redirects in a row that are followed. */
const MAX_REDIRECTS = 5;

/** What a gzip file begins with (RFC 1952 section 2.3.1), and no database does: its search tree would be senseless. */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** Gets a file by HTTP, decompressed where it is a gzip file, whatever its name and type say. Never rejects. */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { stallMs, maxMs, maxBytes, onProgress } = options;
  const over = new AbortController();
  let givenUp: string | null = null;
  const giveUp = (reason: string): void => {
    givenUp ??= reason;
    over.abort();
  };
  const stall = setTimeout(() => giveUp(`nothing came for ${stallMs / 1_000} s`), stallMs);
  const deadline = setTimeout(() => giveUp(`it took longer than ${maxMs / 60_000} minutes`), maxMs);
  const signal = AbortSignal.any([over.signal, options.signal]);
  try {
    const response = await request(options.url, signal, () => stall.refresh());
    if (typeof response === 'string') return { type: 'failed', reason: response };
    if (response.status === 404 || response.status === 410) return { type: 'absent' };
    if (!response.ok || response.body === null) return { type: 'failed', reason: `the server said ${response.status}` };
    const totalBytes = Number(response.headers.get('content-length')) || null;
    const limit = new ByteLimit(maxBytes);
    if (totalBytes !== null && totalBytes > maxBytes) return { type: 'failed', reason: tooLarge(maxBytes) };
    let received = 0;
    const pieces = counted(response.body, (bytes) => {
      stall.refresh();
      received += bytes;
      onProgress(received, totalBytes);
    });
    const head = await readHead(pieces, GZIP_MAGIC.length);
    // Opened here and now: a stream that fails while it is still opening its file makes it afterwards.
    const file = createWriteStream(options.path, { fd: openSync(options.path, 'wx', 0o600) });
    const whole = concat(head, pieces);
    if (head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC))
      await pipeline(whole, createGunzip(), limit, file, { signal });
    else await pipeline(whole, limit, file, { signal });
    return { type: 'done', bytes: limit.bytes };
  } catch (error) {
    if (options.signal.aborted) return { type: 'failed', reason: 'it was interrupted' };
    return { type: 'failed', reason: givenUp ?? explainDownloadError(error) };
  } finally {
    clearTimeout(stall);
    clearTimeout(deadline);
    // What is still to come of an answer that nobody wants would keep the process waiting.
    over.abort();
  }
}

/** Asks, and follows redirects; returns why it did not get to an answer. */
async function request(url: string, signal: AbortSignal, answered: () => void): Promise<Response | string> {
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(at, { signal, redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
    answered();
    if (![301, 302, 303, 307, 308].includes(response.status)) return response;
    await response.body?.cancel();
    const redirect = followRedirect(at, response.headers.get('location'));
    if (redirect.type === 'failed') return redirect.reason;
    at = redirect.url;
  }
  return `the server sends on more than ${MAX_REDIRECTS} times`;
}

async function* counted(body: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    count(piece.length);
    yield piece;
  }
}

/** The first pieces, at least so many bytes or all that there is. */
async function readHead(pieces: AsyncGenerator<Uint8Array>, bytes: number): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < bytes) {
    const next = await pieces.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* concat(head: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

function tooLarge(maxBytes: number): string {
  return `the file is larger than ${maxBytes} bytes`;
}

/** Passes bytes on, up to a limit: a small gzip file can hold any number. */
class ByteLimit extends Transform {
  readonly #maxBytes: number;
  bytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override _transform(
    chunk: Uint8Array,
    _encoding: string,
    done: (error: Error | null, chunk?: Uint8Array) => void,
  ): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#maxBytes) done(new Error(tooLarge(this.#maxBytes)));
    else done(null, chunk);
  }
}
