import type { LinkQuality } from '../routing/link-quality.ts';
import { qualityOf } from '../session/path-quality.ts';
import type { SessionPath } from '../session/session-path.ts';
import type { Session } from '../session/session.ts';
import type { ShareFigures } from '../session/share-meter.ts';
import { LinkCarrier, type SealPacket } from './link-carrier.ts';
import type { PeerLink } from './peer-link.ts';

/** A session has at most this many live paths (PROTOCOL section 4). */
const MAX_PATHS = 16;
const PATH_IDS_PER_SIDE = 128;
/** How often what was sent is noted by the time, in ms. */
const SETTLE_MS = 1_000;

/** A path of the session and the link that it runs over. */
export interface SessionWay {
  readonly peerLink: PeerLink;
  readonly path: SessionPath;
}

/** Which path of a peer's session runs over which of its links, and what is said by one of these. */
export class PeerPaths {
  readonly #byPath = new Map<number, PeerLink>();
  readonly #seal: SealPacket;
  readonly #randomByte: () => number;
  readonly #firstPathId: number;
  #session: Session | null = null;
  #earlierShares: ShareFigures | null = null;
  #nextPath = 0;
  #settleAtMs = Number.NEGATIVE_INFINITY;
  /** The newest path of the peer's that it has moved to, or null. */
  #peersNewest: number | null = null;

  /** @param isLower whether the own node number is the lower one, which decides whose path ids are whose. */
  constructor(isLower: boolean, seal: SealPacket, randomByte: () => number) {
    this.#firstPathId = isLower ? 0 : PATH_IDS_PER_SIDE;
    this.#seal = seal;
    this.#randomByte = randomByte;
  }

  /** The session whose paths these are, or null. */
  get session(): Session | null {
    return this.#session;
  }

  get hasPath(): boolean {
    return this.#byPath.size > 0;
  }

  /** The links that paths run over. */
  get links(): Iterable<PeerLink> {
    return this.#byPath.values();
  }

  /** The link that a path runs over, or undefined. */
  linkOf(pathId: number): PeerLink | undefined {
    return this.#byPath.get(pathId);
  }

  /** The link that the session sends by, or null. */
  get activeLink(): PeerLink | null {
    const path = this.#session?.activePath ?? null;
    return path === null ? null : (this.#byPath.get(path.id) ?? null);
  }

  /** What share of users' data goes by way of other nodes, all sessions since the process began together; null without one. */
  shareFigures(nowMs: number): ShareFigures | null {
    return this.#session === null ? null : sumOf(this.#session.shareFigures(nowMs), this.#earlierShares);
  }

  /** A validated link without relays that a path runs over: the one in use where that is one, else the newest; or null. */
  get directLink(): PeerLink | null {
    const active = this.activeLink;
    if (active?.relay1 === 0 && active.isValidated) return active;
    let newest: PeerLink | null = null;
    for (const peerLink of this.#byPath.values()) {
      if (peerLink.relay1 === 0 && peerLink.isValidated) newest = peerLink;
    }
    return newest;
  }

  /** What the link in use is like; null where it does not answer, or by way of relays. */
  get quality(): LinkQuality | null {
    const path = this.#session?.activePath ?? null;
    if (path === null || this.activeLink?.relay1 !== 0 || this.#session?.isSuspect === true) return null;
    return qualityOf(path);
  }

  /** The paths and their links, for tables. */
  get ways(): readonly SessionWay[] {
    return [...this.#byPath].flatMap(([pathId, peerLink]) => {
      const path = this.#session?.path(pathId) ?? null;
      return path === null ? [] : [{ peerLink, path }];
    });
  }

  /** When anything last came by this link, in ms; -Infinity where nothing did in this session. */
  heardAtMs({ pathId }: PeerLink): number {
    return (pathId === null ? null : this.#session?.path(pathId))?.answers.heardAtMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether the path over this link was answered no longer ago than this, in ms. */
  answeredWithin(peerLink: PeerLink, ms: number, nowMs: number): boolean {
    if (peerLink.pathId === null) return false;
    return nowMs - (this.#session?.path(peerLink.pathId)?.answers.progressAtMs ?? Number.NEGATIVE_INFINITY) < ms;
  }

  /** From now on paths are this session's. */
  begin(session: Session): void {
    this.#session = session;
  }

  /** Returns a CHALLENGE by the link that it asks about. */
  respond(peerLink: PeerLink, token: Uint8Array): void {
    if (peerLink.pathId === null) return;
    this.#session?.sayOn(peerLink.pathId, { type: 'response', token: new Uint8Array(token) });
  }

  /** Makes a way over relays known to the peer, and keeps it ready to take over. */
  addDetour(peerLink: PeerLink): void {
    this.#session?.sayOn(this.open(peerLink, false), { type: 'ping' });
  }

  /** A relay on this way said that it leads nowhere. */
  demote(peerLink: PeerLink, untilMs: number, nowMs: number): void {
    if (peerLink.pathId !== null) this.#session?.demotePath(peerLink.pathId, untilMs, nowMs);
  }

  /** Runs a new path over a link that this side chose, and sends by it from now on where `isActive`. */
  open(peerLink: PeerLink, isActive: boolean): number {
    const pathId = this.#firstPathId + (this.#nextPath++ % PATH_IDS_PER_SIDE);
    this.bind(pathId, peerLink, isActive);
    return pathId;
  }

  /** Runs a path over a link; what ran there before is taken off. */
  bind(pathId: number, peerLink: PeerLink, isActive: boolean): void {
    if (peerLink.pathId !== null && peerLink.pathId !== pathId) this.unbind(peerLink);
    const before = this.#byPath.get(pathId);
    if (before !== undefined && before !== peerLink) before.pathId = null;
    this.#byPath.set(pathId, peerLink);
    peerLink.pathId = pathId;
    this.#session?.attachPath(pathId, new LinkCarrier(peerLink, pathId, this.#seal, this.#randomByte), isActive);
    if (this.#byPath.size > MAX_PATHS) this.#unbindOldest();
  }

  /**
   * Whether both sides have chosen the same relays at the same time, and this side's path is the one of the two that stays: the lower
   * number's. Were it the last heard of, each side would change over to the other's path for ever.
   */
  keepsOwn(pathId: number, peerLink: PeerLink): boolean {
    const own = peerLink.relay1 === 0 ? null : peerLink.pathId;
    return own !== null && own < PATH_IDS_PER_SIDE && pathId >= PATH_IDS_PER_SIDE;
  }

  /** Takes what comes by a path that does not stay, and shows the peer the one that does. */
  hear(pathId: number, peerLink: PeerLink): void {
    const session = this.#session;
    if (session === null || peerLink.pathId === null) return;
    if (session.path(pathId) === null) {
      session.attachPath(pathId, new LinkCarrier(peerLink, pathId, this.#seal, this.#randomByte), false);
      session.detachPath(pathId);
    }
    session.sayOn(peerLink.pathId, { type: 'ping' });
  }

  /** True for a path of the peer's that is older than one it has moved to. */
  isLeft(pathId: number): boolean {
    if (this.#peersNewest === null || this.#isOwn(pathId)) return false;
    return ((pathId - this.#peersNewest) & (PATH_IDS_PER_SIDE - 1)) >= PATH_IDS_PER_SIDE / 2;
  }

  /**
   * The peer has moved to this path, which it dialled: what is in flight on the ones it left goes by the new one, as
   * nothing would be heard of it any more. Ways over relays are not left: they are there beside the direct one.
   */
  leaveOlder(pathId: number): void {
    if (this.#isOwn(pathId) || this.isLeft(pathId)) return;
    this.#peersNewest = pathId;
    for (const [other, peerLink] of this.#byPath) {
      if (peerLink.relay1 === 0 && this.isLeft(other)) this.unbind(peerLink);
    }
  }

  /** Says of what was sent by the links when that was; does nothing most of the time. */
  settleTraffic(nowMs: number): void {
    if (nowMs < this.#settleAtMs) return;
    this.#settleAtMs = nowMs + SETTLE_MS;
    for (const { traffic } of this.#byPath.values()) traffic.settle(nowMs);
  }

  /** The session is gone: the links stay, without paths. */
  end(): void {
    if (this.#session !== null) this.#earlierShares = sumOf(this.#session.shareFigures(0), this.#earlierShares);
    this.#session = null;
    for (const peerLink of this.#byPath.values()) peerLink.pathId = null;
    this.#byPath.clear();
    this.#nextPath = 0;
    this.#peersNewest = null;
  }

  #unbindOldest(): void {
    for (const [pathId, peerLink] of this.#byPath) {
      if (this.#session?.activePath?.id === pathId) continue;
      this.unbind(peerLink);
      return;
    }
  }

  #isOwn(pathId: number): boolean {
    return pathId < PATH_IDS_PER_SIDE === (this.#firstPathId === 0);
  }

  /** Takes the path off a link. True where one ran over it. */
  unbind(peerLink: PeerLink): boolean {
    const { pathId } = peerLink;
    if (pathId === null) return false;
    peerLink.pathId = null;
    if (this.#byPath.get(pathId) !== peerLink) return false;
    this.#byPath.delete(pathId);
    this.#session?.detachPath(pathId);
    return true;
  }
}

/** The sums of two sessions, one after the other; the last minute is that of the later one. */
function sumOf(later: ShareFigures, earlier: ShareFigures | null): ShareFigures {
  if (earlier === null) return later;
  return {
    ...later,
    sentBytes: later.sentBytes + earlier.sentBytes,
    relayedBytes: later.relayedBytes + earlier.relayedBytes,
    refusedBytes: later.refusedBytes + earlier.refusedBytes,
  };
}
