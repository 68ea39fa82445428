import { execFileSync } from 'node:child_process';

/** Two network namespaces joined by a virtual cable. Needs root and iproute2. */
export class TwoNamespaces {
  readonly near = `uvn${process.pid}`;
  readonly far = `uvf${process.pid}`;
  readonly nearAddress = '10.79.0.1';
  readonly farAddress = '10.79.0.2';
  /** The far side's site: not on the cable, so a tunnel's own routes do not matter. */
  readonly siteAddress = '10.79.1.1';

  constructor() {
    for (const name of [this.near, this.far]) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    ip('-n', this.far, 'addr', 'add', `${this.siteAddress}/32`, 'dev', 'lo');
    ip('link', 'add', 'cable', 'netns', this.near, 'type', 'veth', 'peer', 'name', 'cable', 'netns', this.far);
    ip('-n', this.near, 'addr', 'add', `${this.nearAddress}/24`, 'dev', 'cable');
    ip('-n', this.far, 'addr', 'add', `${this.farAddress}/24`, 'dev', 'cable');
    for (const name of [this.near, this.far]) ip('-n', name, 'link', 'set', 'cable', 'up');
  }

  /** Takes down what a tunnel or a program left running. */
  remove(): void {
    for (const name of [this.near, this.far]) {
      for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It ended by itself meanwhile.
        }
      }
      ip('netns', 'delete', name);
    }
  }
}

/** Runs iproute2's `ip`; throws with what it said where it fails. */
export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
