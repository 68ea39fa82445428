import { realpathSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Scheduler } from '../../socks/scheduler.ts';
import { fileSignature } from './file-signature.ts';

/** How long nothing must happen before files are looked at, in ms: editors write in several steps. */
const SETTLE_MS = 250;

/** How often files are looked at where their folder can't be watched, in ms. */
const POLL_MS = 10_000;

/** What a {@link FileWatch} is made of. */
export interface FileWatchOptions {
  readonly scheduler: Scheduler;
  /** Told that a file is not what it was, once for however many changes. Awaited before the next is told. Must not reject. */
  readonly changed: () => Promise<void>;
  /** For tests: watches a folder. */
  readonly watchFolder?: typeof watchFolder;
}

/**
 * Notices that files change, appear or go. It watches their folders, because a file that an editor replaces takes its
 * watcher along; nothing runs while nothing changes. Where a folder can't be watched its files are looked at now and then.
 */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watchFolder: typeof watchFolder;
  #signatures: ReadonlyMap<string, string> = new Map();
  readonly #stopWatching: (() => void)[] = [];
  #cancelTimer: () => void = () => {};
  #isTelling = false;
  #isLate = false;
  #isClosed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#watchFolder = options.watchFolder ?? watchFolder;
  }

  /** Watches these files, and no others, for being other than the signatures say. They need not exist. */
  watch(signatures: ReadonlyMap<string, string>): void {
    if (this.#isClosed) return;
    this.#signatures = signatures;
    this.#look();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #stop(): void {
    this.#cancelTimer();
    for (const stop of this.#stopWatching.splice(0)) stop();
  }

  /** Watchers first, so that nothing happens unseen between. They are made anew each time: a folder may be another one. */
  #look(): void {
    this.#stop();
    const folders = new Map<string, Set<string>>();
    for (const path of [...this.#signatures.keys()].flatMap(withTarget)) {
      const folder = dirname(path);
      folders.set(folder, (folders.get(folder) ?? new Set([basename(folder)])).add(basename(path)));
    }
    let isPolling = false;
    const poll = (): void => {
      if (isPolling) return;
      isPolling = true;
      this.#lookIn(POLL_MS);
    };
    for (const [folder, names] of folders) {
      const touched = (name: string | null): void => {
        if (name === null || names.has(name)) this.#lookIn(SETTLE_MS);
      };
      const stop = this.#watchFolder(folder, touched, poll);
      if (stop === null) poll();
      else this.#stopWatching.push(stop);
    }
    for (const [path, signature] of this.#signatures) if (fileSignature(path) !== signature) return this.#tell();
  }

  #lookIn(delayMs: number): void {
    if (this.#isClosed) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#options.scheduler.after(delayMs, () => this.#look());
  }

  #tell(): void {
    this.#isLate = true;
    if (this.#isTelling) return;
    this.#isTelling = true;
    void this.#tellAll().finally(() => (this.#isTelling = false));
  }

  async #tellAll(): Promise<void> {
    while (this.#isLate && !this.#isClosed) {
      this.#isLate = false;
      this.#signatures = new Map([...this.#signatures.keys()].map((path) => [path, fileSignature(path)]));
      await this.#options.changed();
    }
  }
}

/** Starts to watch a folder; null where that can't be done. `failed` is called where it can't be any longer. */
export function watchFolder(
  folder: string,
  touched: (name: string | null) => void,
  failed: () => void,
): (() => void) | null {
  let watcher: FSWatcher;
  try {
    watcher = watch(folder, { persistent: false }, (_, name) => touched(name));
  } catch {
    return null;
  }
  watcher.on('error', () => {
    watcher.close();
    failed();
  });
  return () => watcher.close();
}

/** The file, and where it leads if it is a symbolic link. */
function withTarget(path: string): string[] {
  try {
    const target = realpathSync(path);
    return target === path ? [path] : [path, target];
  } catch {
    return [path];
  }
}
