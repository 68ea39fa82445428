import type { NodeId } from '../../config/node-id.ts';
import type { Link } from '../../mesh/link.ts';
import type { MeshEvent } from '../../mesh/mesh-event.ts';
import type { MeshStream } from '../../mesh/mesh-stream.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';
import type { WiredMesh } from '../../node/wired-mesh.ts';

/** A mesh that does nothing but write down how it is called, and hand out the events it was given. */
export class RecordingMesh implements WiredMesh {
  readonly calls: string[] = [];
  readonly links: Link[] = [];
  views: readonly NodeView[] = [];
  /** Handed out by the next `takeEvents`. */
  events: MeshEvent[] = [];
  /** Called on each call, to add events as a real mesh would. */
  onCall: (call: string) => void = () => {};
  wakeAtMs = Infinity;
  onWakeChanged = (): void => {};
  saved: unknown = { remembered: true };

  tick(): void {
    this.wakeAtMs = Infinity;
    this.#note('tick');
  }
  wokeUp(): void {
    this.#note('wokeUp');
  }
  setWallClock(): void {
    this.#note('setWallClock');
  }
  linkOpened(dialId: number, link: Link): void {
    this.links.push(link);
    this.#note(`linkOpened ${dialId} ${link.remote}`);
  }
  receive(link: Link, bytes: Uint8Array): void {
    this.links.push(link);
    this.#note(`receive ${bytes.length}`);
  }
  linkWritable(): void {
    this.#note('linkWritable');
  }
  linkClosed(link: Link, code: string): void {
    this.#note(`linkClosed ${link.remote} ${code}`);
  }
  /** Every 64 bytes are a message of their own. */
  measure(): number {
    return 64;
  }
  takeEvents(): readonly MeshEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }
  openStream(): MeshStream {
    throw new Error('this mesh has no streams');
  }
  ping(peer: NodeId): void {
    this.#note(`ping ${peer}`);
  }
  nodes(): readonly NodeView[] {
    return this.views;
  }
  admit(document: Uint8Array, kind: string): boolean {
    this.#note(`admit ${kind} ${document.length}`);
    return true;
  }
  persisted(): unknown {
    return this.saved;
  }
  close(): void {
    this.#note('close');
  }

  #note(call: string): void {
    this.calls.push(call);
    this.onCall(call);
  }
}

/** A node as other nodes see it, up and an exit. */
export function viewOf(id: NodeId): NodeView {
  return {
    id,
    name: `node-${id}`,
    roles: { exit: true, relay: false },
    country: 'DE',
    softwareVersion: '0.1.0',
    addresses: ['udp://192.0.2.7:4840'],
    state: 'up',
    rttMs: 12.5,
    link: 'udp://192.0.2.7:4840',
    streams: 1,
    bytesSent: 10,
    bytesReceived: 20,
  };
}
