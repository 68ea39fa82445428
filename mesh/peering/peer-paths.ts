import type { Session } from '../session/session.ts';
import { LinkCarrier, type SealPacket } from './link-carrier.ts';
import type { PeerLink } from './peer-link.ts';

/** A session has at most this many live paths (PROTOCOL section 4). */
const MAX_PATHS = 16;
const PATH_IDS_PER_SIDE = 128;

/** Which path of a peer's session runs over which of its links. */
export class PeerPaths {
  readonly #byPath = new Map<number, PeerLink>();
  readonly #seal: SealPacket;
  readonly #randomByte: () => number;
  readonly #firstPathId: number;
  #nextPath = 0;
  /** The newest path of the peer's that it has moved to, or null. */
  #peersNewest: number | null = null;

  /** @param isLower whether the own node number is the lower one, which decides whose path ids are whose. */
  constructor(isLower: boolean, seal: SealPacket, randomByte: () => number) {
    this.#firstPathId = isLower ? 0 : PATH_IDS_PER_SIDE;
    this.#seal = seal;
    this.#randomByte = randomByte;
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

  /** The link that a session sends by, or null. */
  activeLink(session: Session): PeerLink | null {
    const path = session.activePath;
    return path === null ? null : (this.#byPath.get(path.id) ?? null);
  }

  /** A validated link without relays that a path runs over, the newest; or null. */
  get directLink(): PeerLink | null {
    let newest: PeerLink | null = null;
    for (const peerLink of this.#byPath.values()) {
      if (peerLink.relay1 === 0 && peerLink.isValidated) newest = peerLink;
    }
    return newest;
  }

  /** Runs a new path over a link that this side chose, and sends by it from now on where `isActive`. */
  open(session: Session, peerLink: PeerLink, isActive: boolean): number {
    const pathId = this.#firstPathId + (this.#nextPath++ % PATH_IDS_PER_SIDE);
    this.bind(session, pathId, peerLink, isActive);
    return pathId;
  }

  /** Runs a path over a link; what ran there before is taken off. */
  bind(session: Session, pathId: number, peerLink: PeerLink, isActive: boolean): void {
    if (peerLink.pathId !== null && peerLink.pathId !== pathId) this.unbind(session, peerLink);
    const before = this.#byPath.get(pathId);
    if (before !== undefined && before !== peerLink) before.pathId = null;
    this.#byPath.set(pathId, peerLink);
    peerLink.pathId = pathId;
    session.attachPath(pathId, new LinkCarrier(peerLink, pathId, this.#seal, this.#randomByte), isActive);
    if (this.#byPath.size > MAX_PATHS) this.#unbindOldest(session);
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
  leaveOlder(session: Session, pathId: number): void {
    if (this.#isOwn(pathId) || this.isLeft(pathId)) return;
    this.#peersNewest = pathId;
    for (const [other, peerLink] of this.#byPath) {
      if (peerLink.relay1 === 0 && this.isLeft(other)) this.unbind(session, peerLink);
    }
  }

  /** The session is gone: the links stay, without paths. */
  clear(): void {
    for (const peerLink of this.#byPath.values()) peerLink.pathId = null;
    this.#byPath.clear();
    this.#nextPath = 0;
    this.#peersNewest = null;
  }

  #unbindOldest(session: Session): void {
    for (const [pathId, peerLink] of this.#byPath) {
      if (session.activePath?.id === pathId) continue;
      this.unbind(session, peerLink);
      return;
    }
  }

  #isOwn(pathId: number): boolean {
    return pathId < PATH_IDS_PER_SIDE === (this.#firstPathId === 0);
  }

  /** Takes the path off a link. True where one ran over it. */
  unbind(session: Session | null, peerLink: PeerLink): boolean {
    const { pathId } = peerLink;
    if (pathId === null) return false;
    peerLink.pathId = null;
    if (this.#byPath.get(pathId) !== peerLink) return false;
    this.#byPath.delete(pathId);
    session?.detachPath(pathId);
    return true;
  }
}
