import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { StateFile } from '../state/state-file.ts';
import { Saver } from '../state/saver.ts';

const PINS_FILE = 'pins.json';
const ESTIMATES_FILE = 'estimates.json';

/** How soon a pin that was made, moved or removed is on the disk, in ms. */
const CHANGE_MS = 2_000;

/** How soon a use is, in ms: it only makes a pin last longer. */
const USE_MS = 60_000;

/** How soon what was learned is, in ms: a full memory takes a tenth of a second to write. */
const LEARNED_MS = 30 * 60_000;

/** What an {@link ExitMemory} is made of. */
export interface ExitMemoryOptions {
  /** Absolute. */
  readonly stateFolder: string;
  /** False: nothing is on the disk, and what an earlier process wrote is deleted. It is a browsing history. */
  readonly persist: boolean;
  /** How long a pin outlives its last use, in ms. */
  readonly idleMs?: number;
  readonly wallMs: () => number;
  /** Told of what could not be read or written; nothing stops for it. */
  readonly onProblem: (message: string) => void;
}

/** What changed in an {@link ExitMemory}. */
export type MemoryChange = 'pin' | 'use' | 'estimate';

/** The pins and estimates of this node, in memory and, with mode 0600, on the disk. */
export class ExitMemory {
  readonly pins: Pins;
  readonly estimates: ExitEstimates;
  readonly #options: ExitMemoryOptions;
  readonly #pinsFile: StateFile;
  readonly #estimatesFile: StateFile;
  readonly #pinsSaver = new Saver(() => this.#savePins());
  readonly #estimatesSaver = new Saver(() => this.#saveEstimates());
  #pinsChanged = false;
  #estimatesChanged = false;
  #isClosed = false;

  /** Reads what there is. Never throws: without a memory every site is new, and that is all. */
  constructor(options: ExitMemoryOptions) {
    this.#options = options;
    this.#pinsFile = new StateFile(join(options.stateFolder, PINS_FILE));
    this.#estimatesFile = new StateFile(join(options.stateFolder, ESTIMATES_FILE));
    const { idleMs } = options;
    if (!options.persist) this.#deleteAll();
    const saved = options.persist ? this.#load(this.#pinsFile) : undefined;
    this.pins = new Pins({ saved, ...(idleMs === undefined ? {} : { idleMs }) });
    this.estimates = new ExitEstimates(options.persist ? this.#load(this.#estimatesFile) : undefined);
  }

  /** To be called after something changed: it is on the disk within 2 s (a pin), 60 s (a use) or 30 min (an estimate). */
  changed(what: MemoryChange): void {
    if (!this.#options.persist || this.#isClosed) return;
    if (what === 'estimate') {
      this.#estimatesChanged = true;
      this.#estimatesSaver.ask(LEARNED_MS);
    } else {
      this.#pinsChanged = true;
      this.#pinsSaver.ask(what === 'pin' ? CHANGE_MS : USE_MS);
    }
  }

  /** Saves what is not saved yet. Idempotent, never throws. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pinsSaver.cancel();
    this.#estimatesSaver.cancel();
    if (this.#pinsChanged) this.#savePins();
    if (this.#estimatesChanged) this.#saveEstimates();
  }

  #savePins(): void {
    this.#pinsChanged = false;
    this.#attempt(() => this.#pinsFile.save(this.pins.saved(this.#options.wallMs())));
  }

  #saveEstimates(): void {
    this.#estimatesChanged = false;
    this.#attempt(() => this.#estimatesFile.save(this.estimates.saved()));
  }

  #load(file: StateFile): unknown {
    let value: unknown;
    this.#attempt(() => {
      const loaded = file.load(this.#options.wallMs());
      if (loaded.type === 'loaded') value = loaded.value;
      if (loaded.type === 'damaged') this.#options.onProblem(`${file.path} was damaged; it is now ${loaded.movedTo}.`);
    });
    return value;
  }

  /** Copies that were moved aside are a history too. */
  #deleteAll(): void {
    let names: string[];
    try {
      names = readdirSync(this.#options.stateFolder);
    } catch {
      return;
    }
    const isOurs = /^\.?(?:pins|estimates)\.json(?:\..*)?$/;
    for (const name of names.filter((name) => isOurs.test(name)))
      this.#attempt(() => rmSync(join(this.#options.stateFolder, name), { force: true }));
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.onProblem(error instanceof Error ? error.message : String(error));
    }
  }
}
