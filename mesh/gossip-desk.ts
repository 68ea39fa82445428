import { type NodeId, parseNodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import type { GossipEvent, GossipOutcome } from './gossip/gossip-outcome.ts';
import { decodeKeyChange, type KeyChange } from './gossip/key-change.ts';
import { decodeRevocation } from './gossip/revocation.ts';
import type { MeshMembers } from './mesh-members.ts';
import type { MeshReports } from './mesh-reports.ts';
import type { GossipFrame, PeerEvent } from './peering/peer-context.ts';
import type { PeerDirectory } from './peering/peer-directory.ts';
import { ServerWatch } from './server-watch.ts';
import { StateExchange } from './state-exchange.ts';
import { TableExchange } from './table-exchange.ts';

/** What the desk stands between. */
export interface DeskParts {
  readonly gossip: Gossip;
  readonly directory: PeerDirectory;
  readonly members: MeshMembers;
  readonly reports: MeshReports;
  readonly randomByte: () => number;
  /** Others hear that node again. */
  readonly found: (id: NodeId, nowMs: number) => void;
  /** Somebody else made a record of the own identity, of this incarnation. */
  readonly copied: (incarnation: number, nowMs: number) => void;
  /** There is a new network key. */
  readonly changeKey: (change: KeyChange) => void;
}

/** Carries gossip between the sessions and the node: frames in, frames out, and what changed by them. */
export class GossipDesk {
  readonly #gossip: Gossip;
  readonly #directory: PeerDirectory;
  readonly #parts: DeskParts;
  readonly #reports: MeshReports;
  /** The nodes that were last heard to be draining. */
  readonly #draining = new Set<NodeId>();
  readonly #exchange: TableExchange;
  readonly #states: StateExchange;
  readonly #watch: ServerWatch;

  constructor(parts: DeskParts) {
    const { gossip, directory, members } = parts;
    this.#parts = parts;
    this.#gossip = gossip;
    this.#directory = directory;
    this.#reports = parts.reports;
    this.#exchange = new TableExchange({
      ownId: gossip.credential.certificate.id,
      isServer: members.isServer,
      peers: directory.peers,
      servesOthers: (id) => members.servesOthers(id),
      servesNobody: (id) => gossip.table.get(id)?.server === false,
      leadsHere: (id) => members.leadsHere(id),
      tableNotice: (wantsChanges) => gossip.tableNotice(wantsChanges),
      randomByte: parts.randomByte,
    });
    this.#states = new StateExchange({
      isServer: members.isServer,
      isRelay: gossip.credential.certificate.roles.relay,
      servesTraffic: () => members.isOnRoutes(gossip.credential.certificate.id),
      peers: directory.peers,
      isOnRoutes: (id) => members.isOnRoutes(id),
      stateOf: (id) => gossip.states.get(id),
      locate: (id) => members.peer(id),
      subscribers: () => this.#exchange.subscribers,
      publish: (state, nowMs) => this.carryOut(gossip.describeState(state), nowMs),
      tellLost: (ids) => this.#exchange.tellLost(ids),
    });
    this.#watch = new ServerWatch({
      ownId: gossip.credential.certificate.id,
      isServer: members.isServer,
      peers: directory.peers,
      servesOthers: (id) => members.servesOthers(id),
    });
  }

  /** When {@link tick} is due, in ms. */
  get wakeAtMs(): number {
    return Math.min(this.#exchange.wakeAtMs, this.#states.wakeAtMs, this.#watch.wakeAtMs);
  }

  tick(nowMs: number): void {
    this.#exchange.tick(nowMs);
    this.#states.tick(nowMs);
    this.#watch.tick(nowMs);
  }

  /** This node got to do its work so much later than it wanted, in ms. */
  wasLate(lateMs: number): void {
    this.#states.wasLate(lateMs);
  }

  /** Something happened with a peer. Bytes of frames are valid within the call. */
  peerEvent(peer: NodeId, event: PeerEvent, nowMs: number, wallS: number): void {
    switch (event.type) {
      case 'up':
        this.#peerChanged(nowMs);
        this.carryOut(this.#gossip.onSessionStarted(peer, wallS), nowMs);
        return this.#exchange.sessionStarted(peer, nowMs);
      case 'down':
        this.#peerChanged(nowMs);
        return this.#exchange.sessionEnded(peer, nowMs);
      case 'keep-alive':
        this.#gossip.heard(peer, wallS);
        return this.#exchange.keepAlive(peer, nowMs);
      case 'gossip':
        return this.#receive(peer, event.frame, nowMs, wallS);
      case 'changed':
        return this.#peerChanged(nowMs);
      case 'moved':
      case 'observed':
      case 'superseded':
      case 'unreachable':
      case 'stream':
      case 'mail':
      case 'persist':
    }
  }

  #peerChanged(nowMs: number): void {
    this.#states.peerChanged(nowMs);
    this.#watch.peerChanged(nowMs);
  }

  #receive(peer: NodeId, frame: GossipFrame, nowMs: number, wallS: number): void {
    switch (frame.type) {
      case 'table': {
        const { outcome, wantsChanges } = this.#gossip.onTable(peer, frame.bytes, nowMs);
        this.carryOut(outcome, nowMs);
        if (wantsChanges === null || !this.#exchange.heard(peer, wantsChanges)) return;
        return this.carryOut(this.#gossip.statesFor(peer, nowMs), nowMs);
      }
      case 'lost':
        // Others than servers tell servers alone.
        if (!this.#parts.members.isServer && !this.#parts.members.servesOthers(peer)) return;
        return this.#states.lostElsewhere(
          peer,
          [...frame.bytes].map(parseNodeId).filter((id) => id !== null),
          nowMs,
        );
      case 'digest':
        return this.carryOut(this.#gossip.onDigest(peer, frame.bytes, nowMs), nowMs);
      case 'records':
        return this.carryOut(this.#gossip.onRecords(peer, frame.bytes, nowMs, wallS), nowMs);
      case 'want':
        return this.carryOut(this.#gossip.onWant(peer, frame.bytes, nowMs), nowMs);
      case 'witness':
        return this.carryOut(this.#gossip.onWitness(peer, frame.bytes), nowMs);
    }
  }

  /** Takes what the admin has signed. False where it is malformed, forged or old. */
  publish(document: Uint8Array, kind: 'revocation' | 'key-change', nowMs: number): boolean {
    const outcome = this.#publish(document, kind);
    if (outcome === null) return false;
    this.carryOut(outcome, nowMs);
    return outcome.events.length > 0;
  }

  /** Sends the frames of an outcome and tells what it changed. */
  carryOut(outcome: GossipOutcome, nowMs: number): void {
    for (const { to, except, frame } of outcome.actions) {
      if (typeof to === 'number') this.#directory.peers.get(to)?.sendGossip(frame);
      else for (const peer of this.#exchange.audience(to, except)) peer.sendGossip(frame);
    }
    for (const event of outcome.events) this.#tell(event, nowMs);
    if (outcome.events.some(({ type }) => type !== 'state-changed')) this.#reports.persist();
  }

  #publish(document: Uint8Array, kind: 'revocation' | 'key-change'): GossipOutcome | null {
    if (kind === 'revocation') {
      const revocation = decodeRevocation(document);
      return revocation && this.#gossip.publishRevocation(revocation);
    }
    const change = decodeKeyChange(document);
    return change && this.#gossip.publishKeyChange(change);
  }

  #tell(event: GossipEvent, nowMs: number): void {
    const reports = this.#reports;
    switch (event.type) {
      case 'node-known':
        reports.notice('info', 'node-known', `node ${event.id} is known now`, event.id);
        this.#noticeDraining(event.id);
        return this.#nodesChanged(nowMs);
      case 'node-changed':
        this.#noticeDraining(event.id);
        return this.#nodesChanged(nowMs);
      case 'node-removed':
        reports.notice('warn', 'node-removed', `node ${event.id} was ${removal(event.reason)}`, event.id);
        this.#directory.remove(event.id, nowMs);
        this.#draining.delete(event.id);
        return this.#nodesChanged(nowMs);
      case 'revoked':
        reports.notice('warn', 'revoked', `certificates of node ${event.id} are revoked`, event.id);
        return;
      case 'key-change':
        this.#parts.changeKey(event.change);
        return reports.keyChanged();
      case 'peer-knows-key':
        this.#learned(event.id);
        return;
      case 'state-changed':
        this.#states.lostElsewhere(event.id, event.lost, nowMs);
        for (const id of event.found) this.#parts.found(id, nowMs);
        return this.#states.foundElsewhere(event.found, nowMs);
      case 'caught-up':
        return this.#exchange.caughtUp(nowMs);
      case 'witnessed':
        reports.notice('info', 'witnessed', 'another node has confirmed the invite', null);
        return;
      case 'own-record-copied':
        return this.#parts.copied(event.version.incarnation, nowMs);
      case 'own-number-lost':
        reports.notice('error', 'number-lost', `this node was ${removal(event.reason)}; it needs a new invite`, null);
    }
  }

  #nodesChanged(nowMs: number): void {
    this.#parts.members.pursue(nowMs);
    this.#watch.peerChanged(nowMs);
    this.#states.peerChanged(nowMs);
    this.#reports.nodesChanged();
  }

  /** Tells, once, that a node is about to leave, or stays after all. */
  #noticeDraining(id: NodeId): void {
    const record = this.#gossip.table.get(id);
    const isDraining = record !== null && record.draining !== null;
    if (isDraining === this.#draining.has(id)) return;
    const isExit = record?.credential.certificate.roles.exit === true;
    const name = `${isExit ? 'exit' : 'node'} ${id}`;
    if (isDraining) this.#draining.add(id);
    else this.#draining.delete(id);
    const text = isDraining ? `${name} is draining: nothing new goes there` : `${name} is draining no longer`;
    this.#reports.notice('info', 'draining', text, id);
  }

  #learned(id: NodeId): void {
    const peer = this.#directory.peers.get(id);
    if (peer !== undefined) peer.session.sealer.knowsNewestNetwork = true;
  }
}

function removal(reason: 'revoked' | 'displaced'): string {
  return reason === 'revoked' ? 'revoked by the admin' : 'displaced by a better certificate for its number';
}
