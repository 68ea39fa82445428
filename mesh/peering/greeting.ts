import type { NodeId } from '../../config/node-id.ts';
import { KeyAnnouncement } from './key-announcement.ts';
import type { PeerContext } from './peer-context.ts';
import type { PeerKeys } from './peer-keys.ts';
import type { PeerLink } from './peer-link.ts';
import type { PeerSession } from './peer-session.ts';

/** Says HELLO to one peer: what its links and the lives of keys ask for. */
export class Greeting {
  readonly announcement = new KeyAnnouncement();
  readonly #context: PeerContext;
  readonly #peer: NodeId;
  readonly #keys: PeerKeys;
  readonly #session: PeerSession;
  #probesSeen = 0;

  constructor(context: PeerContext, peer: NodeId, keys: PeerKeys, session: PeerSession) {
    this.#context = context;
    this.#peer = peer;
    this.#keys = keys;
    this.#session = session;
  }

  /** Sends a HELLO on this link. */
  send(peerLink: PeerLink): void {
    const { numbers, sealer } = this.#session;
    const named = numbers.named(this.#context.wallS());
    this.#context.sendHello(peerLink, this.#peer, named, this.#keys.peerKeyId, sealer.networkForHello(peerLink));
  }

  /** Sends one, and notes when, so that the answer tells the round trip. */
  sendTimed(peerLink: PeerLink, nowMs: number): void {
    this.send(peerLink);
    peerLink.helloSent(nowMs);
  }

  /** Announces the newest own key, where that is due and the peer has not shown to know it. */
  tick(nowMs: number): void {
    if (nowMs < this.announcement.wakeAtMs) return;
    const { isProven, paths } = this.#session;
    const { activeLink } = paths;
    if (!isProven || activeLink === null || !this.#keys.isNewestUnacknowledged) return this.announcement.stop();
    this.sendTimed(activeLink, nowMs);
    this.announcement.announced(nowMs);
  }

  /** The peer sent something. True where it had left two probes unanswered. */
  heard(): boolean {
    const wasSilent = this.#probesSeen > 1;
    this.#probesSeen = 0;
    return wasSilent;
  }

  /** Every second unanswered probe brings a HELLO, in case the peer is a new process. True when the second goes out, or one after it. */
  watchProbes(nowMs: number): boolean {
    const { unansweredProbes: probes, paths } = this.#session;
    const { activeLink } = paths;
    if (probes === this.#probesSeen) return false;
    this.#probesSeen = probes;
    if (activeLink !== null && probes > 0 && probes % 2 === 0) this.sendTimed(activeLink, nowMs);
    return probes >= 2;
  }
}
