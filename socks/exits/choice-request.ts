import type { ExitPolicy, WhenDown } from './exit-policy.ts';

/** What a connection asks for. */
export interface ChoiceRequest {
  /** What is pinned: a site, perhaps one of several by an isolation key. */
  readonly site: string;
  readonly policy: ExitPolicy;
  readonly whenDown: WhenDown;
}
