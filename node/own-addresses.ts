import { networkInterfaces } from 'node:os';
import { addressBytes } from '../socks/host-text.ts';

/** How long a list of addresses is believed, in ms. */
const FRESH_MS = 10_000;

/**
 * The addresses of this machine, which change while a process runs. Behind a translator none of its interfaces has the
 * one that others see it under; that is its own all the same, for many translators lead a connection to it back.
 */
export class OwnAddresses {
  readonly #nowMs: () => number;
  readonly #observed: () => readonly string[];
  #addresses: readonly Uint8Array[] = [];
  #readAtMs = -Infinity;

  /** @param observed the addresses under which other nodes see this one */
  constructor(nowMs: () => number, observed: () => readonly string[]) {
    this.#nowMs = nowMs;
    this.#observed = observed;
  }

  /** The addresses as they were within the last ten seconds. */
  get(): readonly Uint8Array[] {
    const nowMs = this.#nowMs();
    if (nowMs - this.#readAtMs > FRESH_MS) {
      this.#readAtMs = nowMs;
      const assigned = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
      this.#addresses = [...assigned.map(({ address }) => address), ...this.#observed()].flatMap(
        (address) => addressBytes(address) ?? [],
      );
    }
    return this.#addresses;
  }
}
