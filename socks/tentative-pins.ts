import type { Pins, PinTime } from './exits/pins.ts';

/** Sites that were pinned for connections which the rules may yet send elsewhere, and none was let through so far. */
export class TentativePins {
  readonly #pins: Pins;
  readonly #changed: () => void;
  readonly #sites = new Set<string>();

  /** @param changed told that a pin was taken back. */
  constructor(pins: Pins, changed: () => void) {
    this.#pins = pins;
    this.#changed = changed;
  }

  /** The site's pin was made for such connections only. */
  add(site: string): void {
    this.#sites.add(site);
  }

  /** A connection of the site was let through: its pin stays. */
  keep(site: string): void {
    this.#sites.delete(site);
  }

  /** Takes the site's pin back where it is tentative and nobody wants it. */
  takeBack(site: string, isWanted: () => boolean, time: PinTime): void {
    if (!this.#sites.has(site) || isWanted()) return;
    this.#sites.delete(site);
    const found = this.#pins.find(site, time);
    // What the user said meanwhile is no longer a decision of ours.
    if (found.type === 'none' || found.pin.reason === 'user') return;
    this.#pins.unpin(site);
    this.#changed();
  }
}
