import type { NodeId } from '../config/node-id.ts';
import type { Link } from '../mesh/link.ts';
import type { MeshEvent } from '../mesh/mesh-event.ts';
import type { MeshNodeOptions } from '../mesh/mesh-options.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { NodeView, OwnView, RelayFigures } from '../mesh/mesh-view.ts';
import type { PathView } from '../mesh/path-view.ts';
import type { Target } from '../mesh/session/target.ts';
import type { DrivenMesh } from './process-driver.ts';

/** A mesh as the process wires it to sockets; `MeshNode` is the real one. Times are in ms of the monotonic clock. */
export interface WiredMesh extends DrivenMesh {
  setLocalAddresses(addresses: readonly string[], nowMs: number): void;
  linkOpened(dialId: number, link: Link, nowMs: number): void;
  receive(link: Link, bytes: Uint8Array, nowMs: number): void;
  linkWritable(link: Link, nowMs: number): void;
  linkClosed(link: Link, code: string, nowMs: number): void;
  measure(bytes: Uint8Array, offset: number): number;
  takeEvents(): readonly MeshEvent[];
  openStream(exit: NodeId, target: Target, nowMs: number): MeshStream;
  ping(peer: NodeId, nowMs: number): void;
  sendOob(to: NodeId, topic: string, bytes: Uint8Array, nowMs: number): boolean;
  readonly surveys: {
    ask(peer: NodeId, nowMs: number): void;
    view(peer: NodeId, nowMs: number): readonly PathView[];
  };
  nodes(nowMs: number): readonly NodeView[];
  readonly own: OwnView;
  readonly relayed: RelayFigures;
  setDraining(draining: OwnView['draining'], nowMs: number): void;
  admit(document: Uint8Array, kind: 'revocation' | 'key-change', nowMs: number): boolean;
  persisted(): unknown;
  close(nowMs: number, backInS: number | null): void;
}

/** Makes a mesh. */
export type MakeMesh = (options: MeshNodeOptions) => WiredMesh;
