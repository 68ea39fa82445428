import { formatEndpoint, type Endpoint } from '../config/endpoint.ts';
import type { NodeId } from '../config/node-id.ts';
import type { MeshEvent } from '../mesh/mesh-event.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { NodeView, OwnView, RelayFigures } from '../mesh/mesh-view.ts';
import type { PathView } from '../mesh/path-view.ts';
import type { Target } from '../mesh/session/target.ts';
import { refusedLink } from '../transports/refused-link.ts';
import { TransportError } from '../transports/transport-error.ts';
import type { Link, LinkFailure, LinkHandler, Transport } from '../transports/transport.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import { ProcessDriver } from './process-driver.ts';
import type { WiredMesh } from './wired-mesh.ts';

/** What the mesh is wired to. */
export interface MeshWiringOptions {
  readonly mesh: WiredMesh;
  readonly clock: Clock;
  readonly log: Logger;
  readonly transports: ReadonlyMap<Endpoint['transport'], Transport>;
  /** The machine's addresses now, as IP literals, those left out that no other machine can reach. */
  readonly localAddresses: () => readonly string[];
  /** Another node has opened a stream to this one. */
  readonly onStream: (stream: MeshStream) => void;
  readonly onNodesChanged: () => void;
  readonly onPong: (peer: NodeId, rttMs: number) => void;
  /** A member's message; topics that are not known are to be ignored. */
  readonly onOob: (from: NodeId, topic: string, bytes: Uint8Array) => void;
  /** What the mesh remembers has changed and must reach the disk soon. */
  readonly onPersist: () => void;
  /** It must be on the disk now. */
  readonly onBegunAnew: () => void;
}

/**
 * Carries bytes, time and events between a mesh and the process: what links receive goes in, with the time, and what
 * comes out is done. Nothing here decides anything.
 */
export class MeshWiring implements LinkHandler {
  readonly #options: MeshWiringOptions;
  readonly #mesh: WiredMesh;
  readonly #driver: ProcessDriver;

  constructor(options: MeshWiringOptions) {
    this.#options = options;
    this.#mesh = options.mesh;
    this.#driver = new ProcessDriver(options.mesh, options.clock, () => this.#drain());
  }

  /** Gives the mesh its first moment. */
  start(): void {
    this.#settle();
  }

  received(link: Link, bytes: Uint8Array): void {
    this.#mesh.receive(link, bytes, this.#driver.nowMs());
    this.#settle();
  }

  writable(link: Link): void {
    this.#mesh.linkWritable(link, this.#driver.nowMs());
    this.#settle();
  }

  closed(link: Link, failure: LinkFailure): void {
    // Links come and go; that one ended is the mesh's to judge.
    this.#options.log.debug({ link: link.remote, code: failure.code }, 'link closed');
    this.#mesh.linkClosed(link, failure.code, this.#driver.nowMs());
    this.#settle();
  }

  /** Opens a stream to an exit. */
  openStream(exit: NodeId, target: Target): MeshStream {
    const stream = this.#mesh.openStream(exit, target, this.#driver.nowMs());
    this.#driver.arm();
    return stream;
  }

  /** Asks by every way to a node, once, what clocks show. */
  survey(peer: NodeId): void {
    this.#mesh.surveys.ask(peer, this.#driver.nowMs());
    this.#settle();
  }

  /** The ways to a node as they are now. */
  paths(peer: NodeId): readonly PathView[] {
    return this.#mesh.surveys.view(peer, this.#driver.nowMs());
  }

  /** The other nodes as they are now. */
  nodes(): readonly NodeView[] {
    return this.#mesh.nodes(this.#driver.nowMs());
  }

  /** What the others are told of this node. */
  get own(): OwnView {
    return this.#mesh.own;
  }

  /** What this node passed on for others. */
  get relayed(): RelayFigures {
    return this.#mesh.relayed;
  }

  /** Tells the others that this node is about to leave, or (null) that it stays. */
  setDraining(draining: OwnView['draining']): void {
    this.#mesh.setDraining(draining, this.#driver.nowMs());
    this.#settle();
  }

  /** Sends an echo request; the answer comes as `onPong`. */
  ping(peer: NodeId): void {
    this.#mesh.ping(peer, this.#driver.nowMs());
    this.#settle();
  }

  /** Sends another node a message; false where it is dropped. Throws a RangeError for what is too long. */
  sendOob(to: NodeId, topic: string, bytes: Uint8Array): boolean {
    const isSent = this.#mesh.sendOob(to, topic, bytes, this.#driver.nowMs());
    this.#settle();
    return isSent;
  }

  /** Hands over what the admin signed; false where the mesh does not accept it. */
  admit(document: Uint8Array, kind: 'revocation' | 'key-change'): boolean {
    const admitted = this.#mesh.admit(document, kind, this.#driver.nowMs());
    this.#settle();
    return admitted;
  }

  /** Says goodbye to everybody, until in `backInS` seconds where it is not null, and never calls the mesh again. */
  close(backInS: number | null = null): void {
    this.#mesh.close(this.#driver.nowMs(), backInS);
    this.#drain();
    this.#driver.stop();
  }

  #settle(): void {
    this.#drain();
    this.#driver.arm();
  }

  #drain(): void {
    for (let events = this.#mesh.takeEvents(); events.length > 0; events = this.#mesh.takeEvents()) {
      for (const event of events) this.#carryOut(event);
    }
  }

  #carryOut(event: MeshEvent): void {
    switch (event.type) {
      case 'dial':
        this.#dial(event.dialId, event.endpoint, event.beside);
        return;
      case 'look-around':
        this.#mesh.setLocalAddresses(this.#options.localAddresses(), this.#driver.nowMs());
        return;
      case 'stream':
        this.#options.onStream(event.stream);
        return;
      case 'nodes-changed':
        this.#options.onNodesChanged();
        return;
      case 'pong':
        this.#options.onPong(event.peer, event.rttMs);
        return;
      case 'oob':
        this.#options.onOob(event.from, event.topic, event.bytes);
        return;
      case 'persist':
        this.#options.onPersist();
        return;
      case 'begun-anew':
        this.#options.onBegunAnew();
        return;
      case 'notice':
        this.#options.log[event.level]({ code: event.code, node: event.node ?? undefined }, event.message);
        return;
    }
  }

  #dial(dialId: number, endpoint: Endpoint, beside: Link | null): void {
    const transport = this.#options.transports.get(endpoint.transport);
    // A newer node may be reachable in ways that this version does not know.
    const link = transport?.dial(endpoint, this, beside) ?? refusedLink(endpoint, unsupported(endpoint), this);
    this.#mesh.linkOpened(dialId, link, this.#driver.nowMs());
  }
}

function unsupported(endpoint: Endpoint): TransportError {
  return new TransportError('unsupported', `This version has no transport for ${formatEndpoint(endpoint)}`);
}
