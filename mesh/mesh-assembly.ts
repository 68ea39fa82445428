import { FormerProcesses } from './former-processes.ts';
import type { Gossip } from './gossip/gossip.ts';
import { Incarnation } from './gossip/incarnation.ts';
import { GossipDesk } from './gossip-desk.ts';
import { KeyLifetimes } from './key-lifetimes.ts';
import { MeshMembers } from './mesh-members.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import { MeshReports } from './mesh-reports.ts';
import { MeshRoutes } from './mesh-routes.ts';
import { MeshSealing } from './mesh-sealing.ts';
import { NetworkRing } from './network-ring.ts';
import { OobDesk } from './out-of-band/oob-desk.ts';
import { ownGossip, ownRelay, ownStatic } from './own-node.ts';
import { PathSurveys } from './path-surveys.ts';
import { PeerEvents } from './peer-events.ts';
import { PeerServices } from './peer-services.ts';
import { Greeter } from './peering/greeter.ts';
import { PeerDirectory } from './peering/peer-directory.ts';
import { makePeerKeys } from './peering/peer-keys.ts';
import { Punching } from './punching/punching.ts';
import { Reception } from './reception.ts';
import type { Relay } from './relaying/relay.ts';
import { Roaming } from './roaming.ts';
import type { RouteSource } from './routing/route-source.ts';
import { readSavedMesh, savedNetworkKey, savedPeer, type SavedMesh } from './saved-mesh.ts';
import { SecondProcess } from './second-process.ts';
import { SelfDescription } from './self-description.ts';
import { EphemeralKeys } from './wire/ephemeral-keys.ts';
import type { OwnStatic } from './wire/pair-keys.ts';
import type { KeyPair } from './wire/sodium.ts';

/**
 * The parts of a node, each made with what it needs of the others; nothing has happened yet. A message comes in by
 * `reception`, which knows the peer in `directory`; what that tells goes through `events` to all whom it concerns.
 */
export class MeshAssembly {
  readonly saved: SavedMesh;
  /** This process's, higher than any before. */
  readonly incarnation: Incarnation;
  readonly reports = new MeshReports();
  /** Also the node's clocks. */
  readonly sealing: MeshSealing;
  readonly gossip: Gossip;
  readonly self: SelfDescription;
  readonly networks: NetworkRing;
  readonly ephemeral: EphemeralKeys;
  readonly greeter: Greeter;
  readonly directory: PeerDirectory;
  readonly surveys: PathSurveys;
  readonly keys: KeyLifetimes;
  readonly members: MeshMembers;
  readonly routes: RouteSource;
  readonly desk: GossipDesk;
  readonly oob: OobDesk;
  readonly punching: Punching;
  readonly relay: Relay;
  readonly reception: Reception;
  readonly roaming: Roaming;
  readonly events: PeerEvents;
  readonly second: SecondProcess;

  /**
   * Throws a RangeError where the credential is malformed or another number's.
   *
   * @param used called when a stream was used between calls of the node.
   */
  constructor(options: MeshNodeOptions, used: () => void) {
    const { sodium, random, id, nowMs, wallMs } = options;
    const identity = sodium.signKeyPair(options.identitySeed);
    this.saved = readSavedMesh(options.persisted);
    this.incarnation = new Incarnation(this.saved.incarnation, wallMs / 1_000);
    this.sealing = new MeshSealing(sodium, random);
    this.sealing.setWallClock(nowMs, wallMs);
    this.gossip = ownGossip(options, identity, this.incarnation, this.saved.knowledge);
    this.self = new SelfDescription(options, this.gossip);
    const older = savedNetworkKey(this.saved);
    this.networks = new NetworkRing(sodium, options.networkKey, this.gossip.keyChange, wallMs / 1_000, older);
    this.ephemeral = new EphemeralKeys(sodium, random, Math.floor(nowMs));
    this.greeter = this.#makeGreeter(options, identity);
    this.directory = this.#makeDirectory(options, ownStatic(options, identity), used);
    this.surveys = new PathSurveys(id, this.directory.peers, this.sealing);
    this.keys = new KeyLifetimes({
      sodium,
      sealing: this.sealing,
      ephemeral: this.ephemeral,
      networks: this.networks,
      peers: this.directory.peers,
      renewed: () => this.describeOwn(),
    });
    this.members = new MeshMembers(options, this.gossip, this.directory, () => this.sealing.wallS());
    this.routes = options.routes ?? new MeshRoutes(id, this.gossip, this.directory.peers);
    this.desk = new GossipDesk({
      gossip: this.gossip,
      directory: this.directory,
      members: this.members,
      reports: this.reports,
      randomByte: () => this.sealing.randomByte(),
      found: (found, nowMs) => this.punching.desk.found(found, nowMs),
      copied: (incarnation, atMs) => this.second.shown(incarnation, atMs),
      changeKey: (change) => this.keys.change(change),
    });
    this.oob = new OobDesk((to) => this.members.peer(to), this.reports);
    this.punching = new Punching({
      ownId: id,
      isServer: options.advertised.length > 0,
      directory: this.directory,
      gossip: this.gossip,
      greeter: this.greeter,
      networks: this.networks,
      random,
      self: this.self,
      dial: (dialId, endpoint, beside) => this.reports.dial(dialId, endpoint, beside),
    });
    this.relay = ownRelay(options, this.gossip, this.sealing, this.directory);
    this.reception = new Reception({
      ownId: id,
      sealing: this.sealing,
      ring: this.networks.ring,
      greeter: this.greeter,
      gossip: this.gossip,
      desk: this.desk,
      directory: this.directory,
      punches: this.punching.desk,
      formers: new FormerProcesses(this),
      relay: this.relay,
    });
    this.roaming = new Roaming(
      this.directory,
      () => this.reports.lookAround(),
      () => this.punching.desk.networkMoved(),
    );
    this.second = new SecondProcess({
      incarnation: this.incarnation,
      peers: this.directory.peers,
      reports: this.reports,
      wallS: () => this.sealing.wallS(),
      beginAnew: (atMs) => {
        this.describeOwn();
        this.directory.networkChanged(true, atMs);
      },
    });
    this.events = new PeerEvents({
      isExit: () => this.gossip.credential.certificate.roles.exit,
      desk: this.desk,
      directory: this.directory,
      oob: this.oob,
      punching: this.punching,
      reports: this.reports,
      roaming: this.roaming,
      second: this.second,
      self: this.self,
      describeOwn: () => this.describeOwn(),
    });
  }

  /** Tells the others what this node is like, where that is new. */
  describeOwn(): void {
    const { nowMs } = this.sealing;
    this.desk.carryOut(this.self.publish(this.ephemeral.current.publicKey, nowMs), nowMs);
  }

  #makeGreeter({ sodium, random, id }: MeshNodeOptions, identity: KeyPair): Greeter {
    const greeter = new Greeter(
      sodium,
      random,
      { id, identity, incarnation: this.incarnation },
      (out, header, network) => this.sealing.seal(out, 0, header, network, network.bootstrap),
    );
    greeter.window.restore(this.saved.hellos);
    return greeter;
  }

  #makeDirectory(options: MeshNodeOptions, own: OwnStatic, used: () => void): PeerDirectory {
    return new PeerDirectory({
      saved: (peer) => savedPeer(this.saved, peer),
      dial: (dialId, endpoint) => this.reports.dial(dialId, endpoint, null),
      makeKeys: (peer, identity) => makePeerKeys(options.sodium, own, this.ephemeral, peer, identity),
      context: new PeerServices({
        options,
        sealing: this.sealing,
        networks: this.networks,
        ephemeral: this.ephemeral,
        greeter: this.greeter,
        gossip: this.gossip,
        routes: (destination, nowMs) => this.routes.routes(destination, nowMs),
        retry: (peerLink, bytes, nowMs) => this.reception.receive(peerLink.link, bytes, nowMs),
        used,
        emit: (peer, event) => this.events.take(peer, event, this.sealing.nowMs, this.sealing.wallS()),
        punches: () => this.punching.desk,
      }),
    });
  }
}
