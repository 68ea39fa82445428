import type { ProxyAddress } from '../../fixtures/start-pair.ts';
import type { TestBed } from '../../fixtures/test-bed.ts';

/** One tunnel as it is started for the comparison. */
export interface Tunnel {
  readonly name: string;
  /** What has to be installed. */
  readonly programs: readonly string[];
  /** Starts both sides; `workDir` is empty and the tunnel's own. */
  start(bed: TestBed, workDir: string): Promise<ProxyAddress>;
}
