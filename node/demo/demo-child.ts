import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { DemoNode } from './demo-network.ts';

/** A child that does not end by itself after this long is ended by force, in ms. */
const END_DEADLINE_MS = 4_000;

/** How a child ended. */
export type ChildEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** One node of the demo in a process of its own: `up`, as anybody would run it. */
export class DemoChild {
  readonly node: DemoNode;
  /** Resolves when it runs; false where it ended before. */
  readonly ready: Promise<boolean>;
  /** Resolves when it is gone. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: ChildProcess;
  #lastWords = '';

  /** `program` is the file that this process runs. */
  constructor(program: string, node: DemoNode) {
    this.node = node;
    // Its log is of no interest as long as all goes well; with `--with-parent` it goes when this process goes.
    this.#child = fork(program, ['up', '--config', node.configPath, '--with-parent'], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Ctrl-C reaches the whole group of a terminal; this process alone tells its children to end.
      detached: true,
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-2_000);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('error', () => resolve({ code: null, signal: null }));
      this.#child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const first = once(this.#child, 'message').then(
      () => true,
      () => false,
    );
    this.ready = Promise.race([first, this.ended.then(() => false)]);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** What it said last, for people. */
  get lastWords(): string {
    return this.#lastWords.trim();
  }

  /** Ends it. Never rejects. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), END_DEADLINE_MS);
    await this.ended;
    clearTimeout(force);
  }
}
