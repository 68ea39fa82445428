import { networkInterfaces } from 'node:os';
import { addressBytes } from '../socks/host-text.ts';

/** How long a list of addresses is believed, in ms. */
const FRESH_MS = 10_000;

/** The addresses of this machine, which change while a process runs. */
export class OwnAddresses {
  readonly #nowMs: () => number;
  #addresses: readonly Uint8Array[] = [];
  #readAtMs = -Infinity;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The addresses as they were within the last ten seconds. */
  get(): readonly Uint8Array[] {
    const nowMs = this.#nowMs();
    if (nowMs - this.#readAtMs > FRESH_MS) {
      this.#readAtMs = nowMs;
      this.#addresses = Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .flatMap(({ address }) => addressBytes(address) ?? []);
    }
    return this.#addresses;
  }
}
