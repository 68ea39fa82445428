import { lookup } from 'node:dns';
import { LRUCache } from 'lru-cache';
import type { RefusalReason } from '../../mesh/session/stream-codes.ts';
import { addressBytes } from '../host-text.ts';
import { refusalOfSystemError } from './system-error.ts';

/** What a name turned out to be: its addresses in the system's order of preference, or why there are none. */
export type Resolution =
  | { readonly type: 'resolved'; readonly addresses: readonly Uint8Array[] }
  | { readonly type: 'refused'; readonly reason: RefusalReason };

/** Looks one name up; the default asks the operating system. `code` is a system's error code such as ENOTFOUND. */
export type Lookup = (name: string, done: (code: string | null, addresses: readonly string[]) => void) => void;

/** What an {@link EgressResolver} is made of; everything but the clock has a default. */
export interface EgressResolverOptions {
  readonly nowMs: () => number;
  readonly lookup?: Lookup;
  /** Look-ups at a time; 3, see {@link EgressResolver}. */
  readonly maxConcurrent?: number;
  /** Names waiting for their turn; 512. Further ones are refused as overloaded. */
  readonly maxWaiting?: number;
  /** How long an answer is used again, in ms; 30,000. The system doesn't tell how long it may be. */
  readonly ttlMs?: number;
  /** How long "no such host" is believed, in ms; 5,000. */
  readonly negativeTtlMs?: number;
}

interface Cached {
  readonly resolution: Resolution;
  readonly untilMs: number;
}

interface Question {
  readonly name: string;
  readonly askers: Set<(resolution: Resolution) => void>;
  running: boolean;
}

/** Addresses of one name that are looked at: a reply has room for 4,000, each of which the policy would judge at each dial. */
const MAX_ADDRESSES = 64;

/** What `localhost` and all below it stand for, whatever a name server would say (RFC 6761 section 6.3). */
const LOOPBACK: Resolution = {
  type: 'resolved',
  addresses: [Uint8Array.of(127, 0, 0, 1), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)],
};

/**
 * The exit's resolver. It uses getaddrinfo, as every other program on that machine does, hosts file and all; that
 * blocks one of the four threads that files share with it, so no more than three are taken. Askers for
 * one name share one look-up.
 */
export class EgressResolver {
  readonly #cache = new LRUCache<string, Cached>({ max: 4096 });
  readonly #questions = new Map<string, Question>();
  readonly #waiting = new Set<Question>();
  readonly #nowMs: () => number;
  readonly #lookup: Lookup;
  readonly #maxConcurrent: number;
  readonly #maxWaiting: number;
  readonly #ttlMs: number;
  readonly #negativeTtlMs: number;
  #running = 0;

  constructor(options: EgressResolverOptions) {
    this.#nowMs = options.nowMs;
    this.#lookup = options.lookup ?? systemLookup;
    this.#maxConcurrent = options.maxConcurrent ?? 3;
    this.#maxWaiting = options.maxWaiting ?? 512;
    this.#ttlMs = options.ttlMs ?? 30_000;
    this.#negativeTtlMs = options.negativeTtlMs ?? 5_000;
  }

  /** Calls `done` once, never inside the call, and not at all after the returned function was called. */
  resolve(name: string, done: (resolution: Resolution) => void): () => void {
    if (name === 'localhost' || name.endsWith('.localhost')) return later(done, LOOPBACK);
    const known = this.#cache.get(name);
    if (known !== undefined && this.#nowMs() < known.untilMs) return later(done, known.resolution);
    let question = this.#questions.get(name);
    if (question === undefined) {
      if (this.#waiting.size >= this.#maxWaiting) return later(done, { type: 'refused', reason: 'overloaded' });
      question = { name, askers: new Set(), running: false };
      this.#questions.set(name, question);
      this.#waiting.add(question);
    }
    const asked = question;
    const asker = (resolution: Resolution): void => done(resolution);
    asked.askers.add(asker);
    this.#startWaiting();
    return () => {
      asked.askers.delete(asker);
      if (asked.askers.size === 0 && !asked.running) this.#forget(asked);
    };
  }

  #startWaiting(): void {
    for (const question of this.#waiting) {
      if (this.#running >= this.#maxConcurrent) return;
      this.#waiting.delete(question);
      question.running = true;
      this.#running++;
      this.#lookup(question.name, (code, addresses) => this.#answered(question, code, addresses));
    }
  }

  #answered(question: Question, code: string | null, addresses: readonly string[]): void {
    this.#running--;
    this.#forget(question);
    const bytes = addresses
      .slice(0, MAX_ADDRESSES)
      .map(addressBytes)
      .filter((address) => address !== null);
    const resolution: Resolution =
      code === null && bytes.length > 0
        ? { type: 'resolved', addresses: bytes }
        : { type: 'refused', reason: code === null ? 'no-such-host' : refusalOfSystemError(code) };
    this.#remember(question.name, resolution);
    for (const asker of question.askers) asker(resolution);
    this.#startWaiting();
  }

  /** Answers are kept; so is their absence, for a shorter time. Failures to ask are not. */
  #remember(name: string, resolution: Resolution): void {
    if (resolution.type === 'refused' && resolution.reason !== 'no-such-host') return;
    const ttlMs = resolution.type === 'resolved' ? this.#ttlMs : this.#negativeTtlMs;
    this.#cache.set(name, { resolution, untilMs: this.#nowMs() + ttlMs });
  }

  #forget(question: Question): void {
    this.#questions.delete(question.name);
    this.#waiting.delete(question);
  }
}

const systemLookup: Lookup = (name, done) => {
  // `verbatim`: in the order of RFC 6724, not IPv4 first.
  lookup(name, { all: true, verbatim: true }, (error, found) => {
    if (error === null)
      done(
        null,
        found.map((entry) => entry.address),
      );
    else done(error.code ?? 'EUNKNOWN', []);
  });
};

function later(done: (resolution: Resolution) => void, resolution: Resolution): () => void {
  let wanted = true;
  queueMicrotask(() => {
    if (wanted) done(resolution);
  });
  return () => {
    wanted = false;
  };
}
