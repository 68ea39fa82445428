import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TwoNamespaces } from './two-namespaces.ts';

/** Where a program in the near namespace finds the tunnel's SOCKS5 proxy. */
export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

/** One tunnel as it is started for the comparison. */
export interface Tunnel {
  readonly name: string;
  /** What has to be installed. */
  readonly programs: readonly string[];
  /** Starts both sides; `workDir` is empty and the tunnel's own. */
  start(bed: TestBed, workDir: string): Promise<ProxyAddress>;
}

/** Starts programs in the two namespaces and ends them. */
export class TestBed {
  readonly net: TwoNamespaces;
  readonly #children: ChildProcess[] = [];

  constructor(net: TwoNamespaces) {
    this.net = net;
  }

  /** Starts a program that goes on running, in one of the namespaces. */
  spawn(namespace: string, ...command: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: 'ignore' });
    this.#children.push(child);
    return child;
  }

  /** The processes that were started and still run. */
  get pids(): number[] {
    return this.#children.filter((child) => child.exitCode === null).map((child) => child.pid!);
  }

  /** Ends everything that was started here. */
  async stop(): Promise<void> {
    for (const child of this.#children.splice(0)) child.kill('SIGTERM');
    await sleep(500);
  }
}

/** True where the program stands in the search path. */
export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
