import { createWriteStream, openSync } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { explainSystemError } from '../user-error.ts';

/** How a download ended. */
export type Downloaded =
  | { readonly type: 'done'; readonly bytes: number }
  /** The server has no such file: another month may be there. */
  | { readonly type: 'absent' }
  | { readonly type: 'failed'; readonly reason: string };

/** What a download needs to know. */
export interface DownloadOptions {
  readonly url: string;
  /** Where to; must not exist. What a failed download leaves there is the caller's to remove. */
  readonly path: string;
  /** Most bytes, after decompression. */
  readonly maxBytes: number;
  /** How long nothing may come, in ms. */
  readonly stallMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Called as bytes come: those of the transfer, and how many there will be, where the server says so. */
  readonly onProgress: (receivedBytes: number, totalBytes: number | null) => void;
}

/** Gets a file by HTTP, decompressed where its name ends in .gz. Never rejects. */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const stalled = new AbortController();
  const stall = setTimeout(() => stalled.abort(), options.stallMs);
  try {
    const signal = AbortSignal.any([stalled.signal, options.signal]);
    const response = await fetch(options.url, { signal, headers: { 'accept-encoding': 'identity' } });
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      return { type: 'absent' };
    }
    if (!response.ok || response.body === null) return { type: 'failed', reason: `the server said ${response.status}` };
    const totalBytes = Number(response.headers.get('content-length')) || null;
    let received = 0;
    const counter = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        stall.refresh();
        received += chunk.length;
        options.onProgress(received, totalBytes);
        done(null, chunk);
      },
    });
    const isGzip = new URL(response.url).pathname.endsWith('.gz') || new URL(options.url).pathname.endsWith('.gz');
    const limit = new ByteLimit(options.maxBytes);
    // Opened here and now: a stream that fails while it is still opening its file makes it afterwards.
    const file = createWriteStream(options.path, { fd: openSync(options.path, 'wx', 0o600) });
    if (isGzip) await pipeline(response.body, counter, createGunzip(), limit, file, { signal });
    else await pipeline(response.body, counter, limit, file, { signal });
    return { type: 'done', bytes: limit.bytes };
  } catch (error) {
    if (options.signal.aborted) return { type: 'failed', reason: 'it was interrupted' };
    if (stalled.signal.aborted) return { type: 'failed', reason: `nothing came for ${options.stallMs / 1_000} s` };
    const cause = error instanceof TypeError && error.cause !== undefined ? error.cause : error;
    return { type: 'failed', reason: explainSystemError(cause) };
  } finally {
    clearTimeout(stall);
  }
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
    if (this.bytes > this.#maxBytes) done(new Error(`the file is larger than ${this.#maxBytes} bytes`));
    else done(null, chunk);
  }
}
