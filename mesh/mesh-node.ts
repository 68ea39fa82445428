import type { NodeId } from '../config/node-id.ts';
import type { Link } from './link.ts';
import { MeshAssembly } from './mesh-assembly.ts';
import type { MeshEvent } from './mesh-event.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import type { MeshStream } from './mesh-stream.ts';
import type { NodeView, OwnView, RelayFigures } from './mesh-view.ts';
import type { PathSurveys } from './path-surveys.ts';
import { goodbyeFrame } from './peering/received.ts';
import type { RouteSource } from './routing/route-source.ts';
import { gatherMesh, type SavedMesh } from './saved-mesh.ts';
import type { Target } from './session/target.ts';
import { viewNodes } from './view-nodes.ts';

/** Nobody waits for what comes on streams that were used last so long ago, in ms: a machine must be let rest. */
const STREAMS_USED_MS = 600_000;

/**
 * One node of the mesh: bytes and time in, messages and events out. It reads no clock and opens no socket.
 *
 * Feed it links and what they receive; call {@link tick} by {@link wakeAtMs}, which may lie in the past after any call;
 * carry out {@link takeEvents} after each call until there are none. `onWakeChanged` is called when streams are used in
 * between. It survives whatever comes over a link.
 */
export class MeshNode {
  onWakeChanged: () => void = () => {};
  readonly #ownId: NodeId;
  readonly #parts: MeshAssembly;
  #isUsed = false;
  #isClosed = false;

  /** Throws a RangeError where the credential is malformed or another number's. */
  constructor(options: MeshNodeOptions) {
    const { id, nowMs } = options;
    this.#ownId = id;
    this.#parts = new MeshAssembly(options, () => this.#used());
    const { members, reports, roaming } = this.#parts;
    roaming.look(nowMs);
    reports.persist();
    this.#parts.describeOwn();
    members.pursue(nowMs);
  }

  /** The ways to other nodes. */
  get routes(): RouteSource {
    return this.#parts.routes;
  }

  /** What these are like, where somebody wants to see it. */
  get surveys(): PathSurveys {
    return this.#parts.surveys;
  }

  /** When {@link tick} wants to be called; it may lie in the past. Infinity never: ephemeral keys change each hour. */
  get wakeAtMs(): number {
    if (this.#isClosed) return Number.POSITIVE_INFINITY;
    if (this.#isUsed) return 0;
    const { second, keys, desk, punching, roaming, directory } = this.#parts;
    const ownMs = Math.min(second.wakeAtMs, keys.wakeAtMs, desk.wakeAtMs, punching.wakeAtMs, roaming.wakeAtMs);
    return Math.min(ownMs, directory.wakeAtMs);
  }

  tick(nowMs: number): void {
    if (this.#isClosed) return;
    this.#setNow(nowMs);
    this.#isUsed = false;
    const { second, keys, desk, punching, roaming, directory } = this.#parts;
    if (nowMs >= second.wakeAtMs) return second.tick(nowMs);
    keys.tick(nowMs, 0);
    directory.tick(nowMs);
    punching.tick(nowMs);
    roaming.tick(nowMs);
    desk.tick(nowMs);
  }

  /** Whether somebody may wait for what comes on a stream, and hence for a sleep to be noticed. */
  awaitsStreams(nowMs: number): boolean {
    return !this.#isClosed && this.#parts.directory.hasStreams(STREAMS_USED_MS, nowMs);
  }

  /** A timer for {@link wakeAtMs} went off so much late, in ms: the machine has much to do, which others should know. */
  wasLate(lateMs: number): void {
    this.#parts.desk.wasLate(lateMs);
  }

  /** The machine slept, or was stopped, until now. */
  wokeUp(nowMs: number, wallMs: number): void {
    const { sealing, keys, directory, roaming } = this.#parts;
    const sleptMs = Math.max(0, wallMs / 1_000 - sealing.wallS()) * 1_000 - (nowMs - sealing.nowMs);
    sealing.setWallClock(nowMs, wallMs);
    keys.tick(nowMs, Math.max(0, sleptMs));
    for (const peer of directory.peers.values()) peer.wokeUp(nowMs);
    roaming.look(nowMs);
  }

  /** Says which addresses the machine has, as IP literals, those that no other machine can reach left out. */
  setLocalAddresses(addresses: readonly string[], nowMs: number): void {
    this.#setNow(nowMs);
    this.#parts.roaming.setAddresses(addresses, nowMs);
    if (this.#parts.self.setLocalAddresses(addresses, nowMs)) this.#parts.describeOwn();
  }

  /** Says what the wall clock shows; both in ms. */
  setWallClock(nowMs: number, wallMs: number): void {
    this.#parts.sealing.setWallClock(nowMs, wallMs);
  }

  /** The link that a `dial` event asked for, connected or not. */
  linkOpened(dialId: number, link: Link, nowMs: number): void {
    this.#setNow(nowMs);
    const { punching, directory } = this.#parts;
    if (this.#isClosed) link.close();
    else if (!punching.desk.linkOpened(dialId, link)) directory.linkOpened(dialId, link, nowMs);
  }

  linkWritable(link: Link, nowMs: number): void {
    this.#setNow(nowMs);
    this.#parts.directory.linkWritable(link);
  }

  /** The link closed by itself. `code`: `refused` where nobody listens there. */
  linkClosed(link: Link, code: string, nowMs: number): void {
    this.#setNow(nowMs);
    this.#parts.directory.linkClosed(link, code === 'refused', nowMs);
  }

  /** How long the sealed message at `offset` is, in bytes; 0 where none of this mesh starts there. Needs 64 bytes. */
  measure(bytes: Uint8Array, offset: number): number {
    return this.#parts.sealing.opener.measure(bytes, offset, this.#parts.networks.ring);
  }

  /** Takes what a link received: messages back to back. What is not this mesh's ends it silently. */
  receive(link: Link, bytes: Uint8Array, nowMs: number): void {
    if (this.#isClosed) return;
    this.#setNow(nowMs);
    this.#parts.reception.receive(link, bytes, nowMs);
  }

  /** What happened and what is to be done, since the last call. */
  takeEvents(): MeshEvent[] {
    return this.#parts.reports.take();
  }

  /** Opens a connection through another node. Where that is impossible, a reset follows. */
  openStream(exit: NodeId, target: Target, nowMs: number): MeshStream {
    this.#setNow(nowMs);
    const peer = this.#parts.members.peer(exit);
    if (peer === null) throw new RangeError(`node ${exit} is not known`);
    return peer.openStream(target, nowMs);
  }

  /** Measures the round trip to a node: a `pong` follows, unless it is not known or does not answer. */
  ping(peer: NodeId, nowMs: number): void {
    this.#setNow(nowMs);
    this.#parts.oob.ping(peer, nowMs);
  }

  /**
   * Sends another node a message of at most 1,000 bytes under a topic of 1 to 32 visible ASCII characters; `oob` tells
   * it there. False where it is dropped: that number is nobody's, or too many wait. Throws a RangeError for what is too long.
   */
  sendOob(to: NodeId, topic: string, bytes: Uint8Array, nowMs: number): boolean {
    this.#setNow(nowMs);
    return this.#parts.oob.send(to, topic, bytes, nowMs);
  }

  /** Every other node that is known. */
  nodes(nowMs = this.#parts.sealing.nowMs): readonly NodeView[] {
    return viewNodes(this.#parts.gossip, this.#parts.directory.peers, this.#ownId, nowMs);
  }

  /** What the others are told of this node. */
  get own(): OwnView {
    const { self, second } = this.#parts;
    return { ...self.view, superseded: second.superseded };
  }

  /** What it passed on for others. */
  get relayed(): RelayFigures {
    return this.#parts.relay.figures;
  }

  /** Tells the others that this node is about to leave, so that nothing new comes to it; or (null) that it stays. */
  setDraining(draining: OwnView['draining'], nowMs: number): void {
    this.#setNow(nowMs);
    this.#parts.self.setDraining(draining);
    this.#parts.describeOwn();
  }

  /** Takes what the admin has signed, and spreads it. False where it is malformed, forged or old. */
  admit(document: Uint8Array, kind: 'revocation' | 'key-change', nowMs: number): boolean {
    this.#setNow(nowMs);
    return this.#parts.desk.publish(document, kind, nowMs);
  }

  /** What must survive a restart, as plain data for JSON. */
  persisted(): SavedMesh {
    const { saved, incarnation, networks, directory, greeter, gossip } = this.#parts;
    return gatherMesh(saved, {
      incarnation: incarnation.current,
      networks,
      peers: directory.peers,
      hellos: greeter.window.save(),
      knowledge: gossip.save(),
    });
  }

  /** Says GOODBYE to all and ends everything. `backInS`: within how many seconds it will be there again; null: not soon. */
  close(nowMs: number, backInS: number | null = null): void {
    if (this.#isClosed) return;
    this.#setNow(nowMs);
    const { directory, reports, ephemeral } = this.#parts;
    for (const peer of directory.peers.values()) peer.leave(goodbyeFrame(backInS), nowMs);
    directory.stop();
    reports.persist();
    ephemeral.eraseAll();
    this.#isClosed = true;
  }

  #used(): void {
    if (this.#isUsed) return;
    this.#parts.directory.touch();
    this.#isUsed = true;
    this.onWakeChanged();
  }

  #setNow(nowMs: number): void {
    this.#parts.sealing.setNow(nowMs);
  }
}
