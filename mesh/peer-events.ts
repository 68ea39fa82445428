import type { NodeId } from '../config/node-id.ts';
import type { GossipDesk } from './gossip-desk.ts';
import type { MeshReports } from './mesh-reports.ts';
import type { OobDesk } from './out-of-band/oob-desk.ts';
import type { PeerEvent } from './peering/peer-context.ts';
import type { PeerDirectory } from './peering/peer-directory.ts';
import type { Punching } from './punching/punching.ts';
import type { Roaming } from './roaming.ts';
import type { SecondProcess } from './second-process.ts';
import type { SelfDescription } from './self-description.ts';

/** Those whom it concerns what peers tell. */
export interface EventReaders {
  /** Whether this node is certified as an exit. */
  readonly isExit: () => boolean;
  readonly desk: Pick<GossipDesk, 'peerEvent'>;
  readonly directory: Pick<PeerDirectory, 'demoteRoutes' | 'followRelay'>;
  readonly oob: Pick<OobDesk, 'receive' | 'peerUp'>;
  readonly punching: Pick<Punching, 'receive'>;
  readonly reports: Pick<MeshReports, 'peerEvent'>;
  readonly roaming: Pick<Roaming, 'peerChanged'>;
  readonly second: Pick<SecondProcess, 'said' | 'up'>;
  readonly self: Pick<SelfDescription, 'observed' | 'peerGone'>;
  /** Tells the others what this node is like, where that is new. */
  readonly describeOwn: () => void;
}

/** Hands what peers tell to all whom it concerns. */
export class PeerEvents {
  readonly #readers: EventReaders;

  constructor(readers: EventReaders) {
    this.#readers = readers;
  }

  /** Something happened with a peer. `nowMs` is monotonic, `wallS` in seconds since 1970. */
  take(id: NodeId, event: PeerEvent, nowMs: number, wallS: number): void {
    const { desk, directory, roaming } = this.#readers;
    this.#takeItself(id, event, nowMs);
    desk.peerEvent(id, event, nowMs, wallS);
    directory.followRelay(id, event, nowMs);
    if (event.type === 'up' || event.type === 'changed') roaming.peerChanged(id, nowMs);
  }

  /** What concerns neither gossip nor the ways to others. */
  #takeItself(id: NodeId, event: PeerEvent, nowMs: number): void {
    const { isExit, directory, oob, punching, reports, second, self, describeOwn } = this.#readers;
    switch (event.type) {
      case 'stream':
        if (isExit()) return reports.peerEvent(id, event);
        return event.stream.refuse('not-an-exit');
      case 'mail':
        if (event.frame.type === 'oob') return oob.receive(id, event.frame, nowMs);
        return punching.receive(id, event.frame, nowMs);
      case 'unreachable':
        return directory.demoteRoutes(id, event.tag, nowMs);
      case 'observed':
        if (self.observed(id, event.address, event.localPort, nowMs)) describeOwn();
        return;
      case 'up':
        reports.peerEvent(id, event);
        second.up(id);
        return oob.peerUp(id, nowMs);
      case 'down':
        reports.peerEvent(id, event);
        if (event.reason === 'superseded') second.said(id, true, nowMs);
        return self.peerGone(id);
      case 'superseded':
        return second.said(id, event.isOtherHeard, nowMs);
      case 'gossip':
      case 'keep-alive':
      case 'moved':
      case 'persist':
      case 'changed':
        return reports.peerEvent(id, event);
    }
  }
}
