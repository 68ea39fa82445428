import { MAX_AAD_BYTES } from '../../mesh/wire/sodium.ts';
import type { LibsodiumModule } from './libsodium-module.ts';

/* Offsets in the region: fixed places for what is short, then the bulk for what is long. */
export const NONCE = 0;
export const TAG = 32;
export const AAD = 64;
export const OUT = AAD + MAX_AAD_BYTES;
export const OUT_2 = OUT + 64;
export const KEY = OUT_2 + 64;
export const KEY_2 = KEY + 64;
/** Where the long input stands, and the long output in its place. */
export const BULK = KEY_2 + 64;

/** Enough for the longest message (PROTOCOL section 1); a longer input makes the region grow. */
const FIRST_BULK_BYTES = 65_536 + 512;

/** At most this many views of the bulk are kept, one for each length in use. */
const MAX_VIEWS = 64;

/** One lasting piece of the compiled library's memory, through which all arguments and results pass. */
export class WasmRegion {
  /** Where it begins; changes when {@link WasmRegion.putBulk} needs more room. */
  address: number;
  readonly #wasm: LibsodiumModule;
  #bulkBytes = FIRST_BULK_BYTES;
  /** Views of the start of the bulk by length: a new one for each message would be garbage. */
  readonly #views = new Map<number, Uint8Array>();
  #viewedHeap: Uint8Array;

  constructor(wasm: LibsodiumModule) {
    this.#wasm = wasm;
    this.address = allocate(wasm, BULK + FIRST_BULK_BYTES);
    this.#viewedHeap = wasm.HEAPU8;
  }

  /** Copies a short argument to its place. */
  put(place: number, bytes: Uint8Array): void {
    this.#wasm.HEAPU8.set(bytes, this.address + place);
  }

  /** Copies a long argument to the bulk. To be called first: it may move the region. */
  putBulk(bytes: Uint8Array): void {
    if (bytes.length > this.#bulkBytes) {
      this.#wasm._free(this.address);
      this.address = allocate(this.#wasm, BULK + bytes.length);
      this.#bulkBytes = bytes.length;
      this.#views.clear();
    }
    this.#wasm.HEAPU8.set(bytes, this.address + BULK);
  }

  /** Copies a short result out of its place. */
  take(place: number, out: Uint8Array): void {
    const heap = this.#wasm.HEAPU8;
    const from = this.address + place;
    for (let i = 0; i < out.length; i++) out[i] = heap[from + i]!;
  }

  /** Returns a copy of a short result. */
  taken(place: number, bytes: number): Uint8Array {
    return this.#wasm.HEAPU8.slice(this.address + place, this.address + place + bytes);
  }

  /** Copies the start of the bulk out. */
  takeBulk(out: Uint8Array): void {
    const heap = this.#wasm.HEAPU8;
    if (heap !== this.#viewedHeap || this.#views.size >= MAX_VIEWS) {
      this.#viewedHeap = heap;
      this.#views.clear();
    }
    let view = this.#views.get(out.length);
    if (view === undefined) {
      view = heap.subarray(this.address + BULK, this.address + BULK + out.length);
      this.#views.set(out.length, view);
    }
    out.set(view);
  }

  /** Overwrites both places for secrets: what the mesh erases must not live on here. */
  wipeKeys(): void {
    this.#wasm.HEAPU8.fill(0, this.address + KEY, this.address + BULK);
  }

  /** Overwrites the start of the bulk. */
  wipeBulk(bytes: number): void {
    this.#wasm.HEAPU8.fill(0, this.address + BULK, this.address + BULK + bytes);
  }
}

function allocate(wasm: LibsodiumModule, bytes: number): number {
  const address = wasm._malloc(bytes);
  if (address === 0) throw new RangeError(`no memory for ${bytes} bytes`);
  return address;
}
