import type { NodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import { heardNodes } from './gossip/heard-nodes.ts';
import type { Hello } from './gossip/hello.ts';
import type { Link } from './link.ts';
import type { MeshReports } from './mesh-reports.ts';
import type { Greeter } from './peering/greeter.ts';
import type { PeerDirectory } from './peering/peer-directory.ts';
import type { EphemeralKeys } from './wire/ephemeral-keys.ts';
import type { NetworkKeys } from './wire/network-keys.ts';

/** For how long the process that took the place must not have been heard by anybody, in ms. */
const GONE_MS = 300_000;

/** What is needed to answer. */
export interface FormerProcessParts {
  readonly greeter: Greeter;
  readonly gossip: Pick<Gossip, 'credential' | 'membership' | 'states'>;
  readonly directory: PeerDirectory;
  readonly ephemeral: Pick<EphemeralKeys, 'current'>;
  readonly reports: Pick<MeshReports, 'persist'>;
}

/**
 * Answers processes whose place a newer one with the same identity has taken: HELLO with session 0, which says that there
 * will be none, and with peer key id 0 where the newer one is gone (PROTOCOL section 2). Nothing else comes of them.
 */
export class FormerProcesses {
  readonly #parts: FormerProcessParts;
  /** Since when each is heard beside its successor, in ms: before, nobody may have listened for that one. */
  readonly #sinceMs = new Map<NodeId, number>();

  constructor(parts: FormerProcessParts) {
    this.#parts = parts;
  }

  /** A HELLO came that is not its identity's newest process's. One that is nobody's gets silence. */
  greeted(
    link: Link,
    hello: Hello,
    header: { readonly origin: NodeId; readonly destination: NodeId | 0; readonly messageBytes: number },
    network: NetworkKeys,
    nowMs: number,
  ): void {
    const { greeter, gossip, directory, ephemeral, reports } = this.#parts;
    const { origin, destination, messageBytes } = header;
    const { identity } = hello.credential.binding;
    const member = gossip.membership.member(origin)?.identity;
    if (member === undefined || Buffer.compare(member, identity) !== 0) return;
    if (!greeter.isFormer(hello, origin, destination)) return;
    const peer = directory.ensure(origin, identity);
    if (peer === null) return;
    greeter.window.accept(identity, hello);
    reports.persist();
    const { peerLink } = directory.links.find(link, peer);
    peerLink.received(messageBytes);
    if (!peerLink.mayAnswerHello(nowMs)) return;
    const isHeard = this.#isHeard(origin, peer.keepAlive.heardAtMs, nowMs);
    greeter.sendHello(peerLink, origin, network, {
      credential: gossip.credential,
      ephemeralPublicKey: ephemeral.current.publicKey,
      session: 0,
      peerKeyId: isHeard ? peer.keys.peerKeyId || 1 : 0,
    });
  }

  #isHeard(id: NodeId, heardAtMs: number, nowMs: number): boolean {
    const sinceMs = this.#sinceMs.get(id) ?? nowMs;
    this.#sinceMs.set(id, sinceMs);
    if (nowMs - Math.max(sinceMs, heardAtMs) < GONE_MS) return true;
    const { gossip, directory } = this.#parts;
    // A session with the node itself may be parked.
    const own = [...directory.peers.values()].filter((peer) => peer.id !== id && peer.session.quality !== null);
    return heardNodes(
      own.map((peer) => peer.id),
      (other) => gossip.states.get(other),
    ).has(id);
  }
}
