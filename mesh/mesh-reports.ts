import type { Endpoint } from '../config/endpoint.ts';
import type { NodeId } from '../config/node-id.ts';
import type { Link } from './link.ts';
import type { MeshEvent, MeshNotice } from './mesh-event.ts';
import type { PeerEvent } from './peering/peer-context.ts';

/** Collects what the process around a node is to know and do. */
export class MeshReports {
  #events: MeshEvent[] = [];

  /** All since the last call. */
  take(): MeshEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  dial(dialId: number, endpoint: Endpoint, beside: Link | null): void {
    this.#events.push({ type: 'dial', dialId, endpoint, beside });
  }

  persist(): void {
    this.#events.push({ type: 'persist' });
  }

  begunAnew(): void {
    this.#events.push({ type: 'begun-anew' });
  }

  nodesChanged(): void {
    this.#events.push({ type: 'nodes-changed' });
  }

  notice(level: MeshNotice['level'], code: MeshNotice['code'], message: string, node: NodeId | null): void {
    this.#events.push({ type: 'notice', level, code, message, node });
  }

  lookAround(): void {
    this.#events.push({ type: 'look-around' });
  }

  pong(peer: NodeId, rttMs: number): void {
    this.#events.push({ type: 'pong', peer, rttMs });
  }

  /** `bytes` is copied. */
  oob(from: NodeId, topic: string, bytes: Uint8Array): void {
    this.#events.push({ type: 'oob', from, topic, bytes: new Uint8Array(bytes) });
  }

  keyChanged(): void {
    this.notice('warn', 'key-changed', 'the network key has changed; the old one works for its grace period', null);
  }

  /** What a peer tells, but for what it says of this node, and what it can't pass on. */
  peerEvent(
    id: NodeId,
    event: Exclude<PeerEvent, { readonly type: 'observed' | 'unreachable' | 'mail' | 'superseded' }>,
  ): void {
    switch (event.type) {
      case 'up':
        this.notice('info', 'peer-up', `connected to node ${id}`, id);
        return this.nodesChanged();
      case 'down':
        this.notice('info', 'peer-down', `node ${id} is gone: ${event.reason}`, id);
        return this.nodesChanged();
      case 'moved':
        return this.notice('info', 'path-changed', `node ${id} is reached ${event.change}`, id);
      case 'changed':
        return this.nodesChanged();
      case 'stream':
        this.#events.push({ type: 'stream', stream: event.stream });
        return;
      case 'persist':
        return this.persist();
      case 'gossip':
      case 'keep-alive':
    }
  }
}
