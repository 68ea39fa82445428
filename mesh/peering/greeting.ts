import type { NodeId } from '../../config/node-id.ts';
import { KeyAnnouncement } from './key-announcement.ts';
import type { PeerContext } from './peer-context.ts';
import type { PeerKeys } from './peer-keys.ts';
import type { PeerLink } from './peer-link.ts';
import type { PeerSession } from './peer-session.ts';

/** In a session that does not rest something is heard at least so often, in ms. */
const RESTS_AFTER_MS = 150_000;
/** How often HELLO is said because keys may be dead, in ms. */
const REFRESH_INTERVAL_MS = 1_000;

/** Says HELLO to one peer: what its links and the lives of keys ask for. */
export class Greeting {
  readonly announcement = new KeyAnnouncement();
  readonly #context: PeerContext;
  readonly #peer: NodeId;
  readonly #keys: PeerKeys;
  readonly #session: PeerSession;
  #probesSeen = 0;
  #refreshedAtMs = Number.NEGATIVE_INFINITY;

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
    this.announcement.announced(nowMs);
  }

  /** Announces the newest own key, where that is due and the peer, heard last at `heardAtMs`, has not shown to know it. */
  tick(heardAtMs: number, nowMs: number): void {
    if (nowMs < this.announcement.wakeAtMs) return;
    const { isProven, paths } = this.#session;
    const { activeLink } = paths;
    if (!isProven || activeLink === null || !this.#keys.isNewestUnacknowledged) return this.announcement.stop();
    // NATs on the way may have forgotten a session that rests: whoever uses it next says so anyway.
    if (!activeLink.link.reliable && isResting(heardAtMs, nowMs)) return this.announcement.putOff();
    this.sendTimed(activeLink, nowMs);
  }

  /** Something is about to be sent: where the session rested until now, HELLO goes first, since the peer's keys may be dead. */
  refresh(heardAtMs: number, nowMs: number): void {
    const { isProven, paths } = this.#session;
    const { activeLink } = paths;
    if (!isProven || activeLink === null || !isResting(heardAtMs, nowMs)) return;
    if (!this.#keys.mayBeDead(nowMs) || nowMs - this.#refreshedAtMs < REFRESH_INTERVAL_MS) return;
    this.#refreshedAtMs = nowMs;
    this.sendTimed(activeLink, nowMs);
  }

  /** The peer sent something. True where it had left two probes unanswered. */
  heard(nowMs: number): boolean {
    if (this.announcement.isPutOff) this.announcement.start(nowMs);
    const wasSilent = this.#probesSeen > 1;
    this.#probesSeen = 0;
    return wasSilent;
  }

  /** Every second unanswered probe brings a HELLO, in case the peer is a new process, and each where keys may be dead. True when the second goes out, or one after it. */
  watchProbes(heardAtMs: number, nowMs: number): boolean {
    const { unansweredProbes: probes, paths } = this.#session;
    const { activeLink } = paths;
    if (probes === this.#probesSeen) return false;
    this.#probesSeen = probes;
    const isHelloDue = probes % 2 === 0 || (isResting(heardAtMs, nowMs) && this.#keys.mayBeDead(nowMs));
    if (activeLink !== null && probes > 0 && isHelloDue) this.sendTimed(activeLink, nowMs);
    return probes >= 2;
  }
}

/** Whether a peer was heard last so long ago that nothing is kept open on the way. */
function isResting(heardAtMs: number, nowMs: number): boolean {
  return nowMs - heardAtMs > RESTS_AFTER_MS;
}
