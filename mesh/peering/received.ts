import type { GossipFrame } from './peer-context.ts';

/** What a verified message of the peer brought. */
export interface Received {
  /** It began a new session: the old one and its streams are gone. */
  readonly replaced: boolean;
  readonly gossip: readonly GossipFrame[];
  readonly saidGoodbye: boolean;
  /** It was about streams, not an answer or a probe. */
  readonly isActive: boolean;
}
