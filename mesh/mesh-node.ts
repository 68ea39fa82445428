import type { NodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import { GossipDesk } from './gossip-desk.ts';
import { KeyLifetimes } from './key-lifetimes.ts';
import type { Link } from './link.ts';
import type { MeshEvent } from './mesh-event.ts';
import { MeshMembers } from './mesh-members.ts';
import { MeshRoutes } from './mesh-routes.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import { MeshReports } from './mesh-reports.ts';
import { MeshSealing } from './mesh-sealing.ts';
import type { MeshStream } from './mesh-stream.ts';
import type { NodeView, OwnView } from './mesh-view.ts';
import { NetworkRing } from './network-ring.ts';
import { OobDesk } from './out-of-band/oob-desk.ts';
import { PathSurveys } from './path-surveys.ts';
import { ownGossip, ownRelay, ownStatic } from './own-node.ts';
import { PeerServices } from './peer-services.ts';
import { Greeter } from './peering/greeter.ts';
import type { MailFrame, PeerEvent } from './peering/peer-context.ts';
import { PeerDirectory } from './peering/peer-directory.ts';
import { makePeerKeys } from './peering/peer-keys.ts';
import { goodbyeFrame } from './peering/received.ts';
import { Punching } from './punching/punching.ts';
import { Reception } from './reception.ts';
import { Roaming } from './roaming.ts';
import type { RouteSource } from './routing/route-source.ts';
import { gatherMesh, readSavedMesh, savedNetworkKey, savedPeer, type SavedMesh } from './saved-mesh.ts';
import { SelfDescription } from './self-description.ts';
import type { Target } from './session/target.ts';
import { viewNodes } from './view-nodes.ts';
import { EphemeralKeys } from './wire/ephemeral-keys.ts';
import type { OwnStatic } from './wire/pair-keys.ts';

/**
 * One node of the mesh: bytes and time in, messages and events out. It reads no clock and opens no socket.
 *
 * Feed it links and what they receive; call {@link tick} by {@link wakeAtMs}, which may lie in the past after any call;
 * carry out {@link takeEvents} after each call until there are none. `onWakeChanged` is called when streams are used in
 * between. It survives whatever comes over a link.
 */
export class MeshNode {
  onWakeChanged: () => void = () => {};
  /** The ways to other nodes. */
  readonly routes: RouteSource;
  /** What these are like, where somebody wants to see it. */
  readonly surveys: PathSurveys;
  readonly #options: MeshNodeOptions;
  readonly #sealing: MeshSealing;
  readonly #networks: NetworkRing;
  readonly #ephemeral: EphemeralKeys;
  readonly #keys: KeyLifetimes;
  readonly #greeter: Greeter;
  readonly #gossip: Gossip;
  readonly #self: SelfDescription;
  readonly #directory: PeerDirectory;
  readonly #desk: GossipDesk;
  readonly #members: MeshMembers;
  readonly #reception: Reception;
  readonly #punching: Punching;
  readonly #roaming: Roaming;
  readonly #reports = new MeshReports();
  readonly #oob = new OobDesk((id) => this.#members.peer(id), this.#reports);
  readonly #incarnation: number;
  readonly #saved: SavedMesh;
  #nowMs: number;
  #isUsed = false;
  #isClosed = false;

  /** Throws a RangeError where the credential is malformed or another number's. */
  constructor(options: MeshNodeOptions) {
    const { sodium, random, id, nowMs, wallMs } = options;
    const identity = sodium.signKeyPair(options.identitySeed);
    this.#options = options;
    this.#nowMs = nowMs;
    this.#saved = readSavedMesh(options.persisted);
    this.#incarnation = Math.max(this.#saved.incarnation + 1, Math.floor(wallMs / 1_000));
    this.#sealing = new MeshSealing(sodium, random);
    this.#sealing.setWallClock(nowMs, wallMs);
    this.#gossip = ownGossip(options, identity, this.#incarnation, this.#saved.knowledge);
    this.#self = new SelfDescription(options, this.#gossip);
    const older = savedNetworkKey(this.#saved);
    this.#networks = new NetworkRing(sodium, options.networkKey, this.#gossip.keyChange, wallMs / 1_000, older);
    this.#ephemeral = new EphemeralKeys(sodium, random, Math.floor(nowMs));
    this.#greeter = new Greeter(
      sodium,
      random,
      { id, identity, incarnation: this.#incarnation },
      (out, header, network) => this.#sealing.seal(out, 0, header, network, network.bootstrap),
    );
    this.#greeter.window.restore(this.#saved.hellos);
    this.#directory = this.#makeDirectory(ownStatic(options, identity));
    this.surveys = new PathSurveys(id, this.#directory.peers, this.#sealing);
    this.#keys = new KeyLifetimes({
      sodium,
      sealing: this.#sealing,
      ephemeral: this.#ephemeral,
      networks: this.#networks,
      peers: this.#directory.peers,
      renewed: () => this.#describeOwn(),
    });
    this.#members = new MeshMembers(options, this.#gossip, this.#directory, () => this.#sealing.wallS());
    this.routes = options.routes ?? new MeshRoutes(id, this.#gossip, this.#directory.peers);
    this.#desk = new GossipDesk({
      gossip: this.#gossip,
      directory: this.#directory,
      members: this.#members,
      reports: this.#reports,
      randomByte: () => this.#sealing.randomByte(),
      changeKey: (change) => this.#keys.change(change),
    });
    this.#punching = new Punching({
      ownId: id,
      isServer: options.advertised.length > 0,
      directory: this.#directory,
      gossip: this.#gossip,
      greeter: this.#greeter,
      networks: this.#networks,
      random,
      natClass: () => this.#self.natClass,
      dial: (dialId, endpoint, beside) => this.#reports.dial(dialId, endpoint, beside),
    });
    this.#reception = new Reception({
      ownId: id,
      sealing: this.#sealing,
      ring: this.#networks.ring,
      greeter: this.#greeter,
      gossip: this.#gossip,
      desk: this.#desk,
      directory: this.#directory,
      punches: this.#punching.desk,
      relay: ownRelay(options, this.#gossip, this.#sealing, this.#directory),
    });
    this.#roaming = new Roaming(
      this.#directory,
      () => this.#reports.lookAround(),
      () => this.#punching.desk.forgetFailures(),
    );
    this.#roaming.look(nowMs);
    this.#reports.persist();
    this.#describeOwn();
    this.#members.pursue(this.#nowMs);
  }

  /** When {@link tick} wants to be called; it may lie in the past. Infinity never: ephemeral keys change each hour. */
  get wakeAtMs(): number {
    if (this.#isClosed) return Number.POSITIVE_INFINITY;
    if (this.#isUsed) return 0;
    const ownMs = Math.min(this.#keys.wakeAtMs, this.#desk.wakeAtMs, this.#punching.wakeAtMs, this.#roaming.wakeAtMs);
    return Math.min(ownMs, this.#directory.wakeAtMs);
  }

  tick(nowMs: number): void {
    if (this.#isClosed) return;
    this.#setNow(nowMs);
    this.#isUsed = false;
    this.#keys.tick(nowMs, 0);
    this.#directory.tick(nowMs);
    this.#punching.tick(nowMs);
    this.#roaming.tick(nowMs);
    this.#desk.tick(nowMs);
  }

  /** A timer for {@link wakeAtMs} went off so much late, in ms: the machine has much to do, which others should know. */
  wasLate(lateMs: number): void {
    this.#desk.wasLate(lateMs);
  }

  /** The machine slept, or was stopped, until now. */
  wokeUp(nowMs: number, wallMs: number): void {
    const sleptMs = Math.max(0, wallMs / 1_000 - this.#sealing.wallS()) * 1_000 - (nowMs - this.#nowMs);
    this.setWallClock(nowMs, wallMs);
    this.#keys.tick(nowMs, Math.max(0, sleptMs));
    for (const peer of this.#directory.peers.values()) peer.wokeUp(nowMs);
    this.#roaming.look(nowMs);
  }

  /** Says which addresses the machine has, as IP literals, those that no other machine can reach left out. */
  setLocalAddresses(addresses: readonly string[], nowMs: number): void {
    this.#setNow(nowMs);
    this.#roaming.setAddresses(addresses, nowMs);
    if (this.#self.setLocalAddresses(addresses, nowMs)) this.#describeOwn();
  }

  /** Says what the wall clock shows; both in ms. */
  setWallClock(nowMs: number, wallMs: number): void {
    this.#nowMs = nowMs;
    this.#sealing.setWallClock(nowMs, wallMs);
  }

  /** The link that a `dial` event asked for, connected or not. */
  linkOpened(dialId: number, link: Link, nowMs: number): void {
    this.#setNow(nowMs);
    if (this.#isClosed) link.close();
    else if (!this.#punching.desk.linkOpened(dialId, link)) this.#directory.linkOpened(dialId, link, nowMs);
  }

  linkWritable(link: Link, nowMs: number): void {
    this.#setNow(nowMs);
    this.#directory.linkWritable(link);
  }

  /** The link closed by itself. `code`: `refused` where nobody listens there. */
  linkClosed(link: Link, code: string, nowMs: number): void {
    this.#setNow(nowMs);
    this.#directory.linkClosed(link, code === 'refused', nowMs);
  }

  /** How long the sealed message at `offset` is, in bytes; 0 where none of this mesh starts there. Needs 64 bytes. */
  measure(bytes: Uint8Array, offset: number): number {
    return this.#sealing.opener.measure(bytes, offset, this.#networks.ring);
  }

  /** Takes what a link received: messages back to back. What is not this mesh's ends it silently. */
  receive(link: Link, bytes: Uint8Array, nowMs: number): void {
    if (this.#isClosed) return;
    this.#setNow(nowMs);
    this.#reception.receive(link, bytes, nowMs);
  }

  /** What happened and what is to be done, since the last call. */
  takeEvents(): MeshEvent[] {
    return this.#reports.take();
  }

  /** Opens a connection through another node. Where that is impossible, a reset follows. */
  openStream(exit: NodeId, target: Target, nowMs: number): MeshStream {
    this.#setNow(nowMs);
    const peer = this.#members.peer(exit);
    if (peer === null) throw new RangeError(`node ${exit} is not known`);
    return peer.openStream(target, nowMs);
  }

  /** Measures the round trip to a node: a `pong` follows, unless it is not known or does not answer. */
  ping(peer: NodeId, nowMs: number): void {
    this.#setNow(nowMs);
    this.#oob.ping(peer, nowMs);
  }

  /**
   * Sends another node a message of at most 1,000 bytes under a topic of 1 to 32 visible ASCII characters; `oob` tells
   * it there. False where it is dropped: that number is nobody's, or too many wait. Throws a RangeError for what is too long.
   */
  sendOob(to: NodeId, topic: string, bytes: Uint8Array, nowMs: number): boolean {
    this.#setNow(nowMs);
    return this.#oob.send(to, topic, bytes, nowMs);
  }

  /** Every other node that is known. */
  nodes(nowMs = this.#nowMs): readonly NodeView[] {
    return viewNodes(this.#gossip, this.#directory.peers, this.#options.id, nowMs);
  }

  /** What the others are told of this node. */
  get own(): OwnView {
    return this.#self.view;
  }

  /** Tells the others that this node is about to leave, so that nothing new comes to it; or (null) that it stays. */
  setDraining(draining: OwnView['draining'], nowMs: number): void {
    this.#setNow(nowMs);
    this.#self.setDraining(draining);
    this.#describeOwn();
  }

  /** Takes what the admin has signed, and spreads it. False where it is malformed, forged or old. */
  admit(document: Uint8Array, kind: 'revocation' | 'key-change', nowMs: number): boolean {
    this.#setNow(nowMs);
    return this.#desk.publish(document, kind, nowMs);
  }

  /** What must survive a restart, as plain data for JSON. */
  persisted(): SavedMesh {
    return gatherMesh(this.#saved, {
      incarnation: this.#incarnation,
      networks: this.#networks,
      peers: this.#directory.peers,
      hellos: this.#greeter.window.save(),
      knowledge: this.#gossip.save(),
    });
  }

  /** Says GOODBYE to all and ends everything. `backInS`: within how many seconds it will be there again; null: not soon. */
  close(nowMs: number, backInS: number | null = null): void {
    if (this.#isClosed) return;
    this.#setNow(nowMs);
    for (const peer of this.#directory.peers.values()) peer.leave(goodbyeFrame(backInS), nowMs);
    this.#directory.stop();
    this.#reports.persist();
    this.#ephemeral.eraseAll();
    this.#isClosed = true;
  }

  #used(): void {
    if (this.#isUsed) return;
    this.#directory.touch();
    this.#isUsed = true;
    this.onWakeChanged();
  }

  #setNow(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#sealing.setNow(nowMs);
  }

  #onPeerEvent(id: NodeId, event: PeerEvent): void {
    if (event.type === 'stream' && !this.#gossip.credential.certificate.roles.exit) event.stream.refuse('not-an-exit');
    else if (event.type === 'mail') this.#receiveMail(id, event.frame);
    else if (event.type === 'unreachable') this.#directory.demoteRoutes(id, event.tag, this.#nowMs);
    else if (event.type !== 'observed') this.#reports.peerEvent(id, event);
    else if (this.#self.observed(id, event.address, event.localPort, this.#nowMs)) this.#describeOwn();
    if (event.type === 'down') this.#self.peerGone(id);
    if (event.type === 'up') this.#oob.peerUp(id, this.#nowMs);
    this.#desk.peerEvent(id, event, this.#nowMs, this.#sealing.wallS());
    this.#directory.followRelay(id, event, this.#nowMs);
    if (event.type === 'up' || event.type === 'changed') this.#roaming.peerChanged(id, this.#nowMs);
  }

  #receiveMail(from: NodeId, frame: MailFrame): void {
    if (frame.type === 'oob') this.#oob.receive(from, frame, this.#nowMs);
    else this.#punching.receive(from, frame, this.#nowMs);
  }

  #describeOwn(): void {
    this.#desk.carryOut(this.#self.publish(this.#ephemeral.current.publicKey, this.#nowMs), this.#nowMs);
  }

  #makeDirectory(own: OwnStatic): PeerDirectory {
    const { sodium } = this.#options;
    return new PeerDirectory({
      saved: (peer) => savedPeer(this.#saved, peer),
      dial: (dialId, endpoint) => this.#reports.dial(dialId, endpoint, null),
      makeKeys: (peer, identity) => makePeerKeys(sodium, own, this.#ephemeral, peer, identity),
      context: new PeerServices({
        options: this.#options,
        sealing: this.#sealing,
        networks: this.#networks,
        ephemeral: this.#ephemeral,
        greeter: this.#greeter,
        gossip: this.#gossip,
        routes: (destination, nowMs) => this.routes.routes(destination, nowMs),
        retry: (peerLink, bytes) => this.#reception.receive(peerLink.link, bytes, this.#nowMs),
        used: () => this.#used(),
        emit: (peer, event) => this.#onPeerEvent(peer, event),
        punches: () => this.#punching.desk,
      }),
    });
  }
}
