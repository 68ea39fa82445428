import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import { Alternates } from './alternates.ts';
import { Approach } from './approach.ts';
import { Deafness } from './deafness.ts';
import { Detours } from './detours.ts';
import { pauseAfter } from './pause-after.ts';
import type { DownReason, PeerContext, PeerEvent } from './peer-context.ts';
import type { PeerLink } from './peer-link.ts';
import { PeerLinkSet } from './peer-link-set.ts';
import type { PeerSession } from './peer-session.ts';
import type { Relays } from './routed-link.ts';
import { UdpReturn, type UsedConnection } from './udp-return.ts';

/** What the ways to a peer need of it, and of the directory around. */
export interface WayActions {
  /** Asks for a link; it comes with {@link PeerWays.opened}. */
  dial(endpoint: Endpoint): void;
  /** A way over relays; null where the first one is away, or the way is in use. */
  route(relays: Relays, nowMs: number): PeerLink | null;
  /** What goes by this relay is not answered. */
  doubt(relay: NodeId): void;
  sendHello(peerLink: PeerLink): void;
  hangUp(peerLink: PeerLink): void;
}

/** All ways to one peer: the links there are, what is done to get through by new ones, and which others are kept ready. */
export class PeerWays {
  readonly links: PeerLinkSet;
  readonly approach: Approach;
  readonly alternates: Alternates;
  readonly udpReturn: UdpReturn;
  readonly #session: PeerSession;
  readonly #deafness: Deafness;
  readonly #emit: (event: PeerEvent) => void;

  /** @param lastGood the endpoint that answered last, as a URL, or null. */
  constructor(
    id: NodeId,
    session: PeerSession,
    context: Pick<PeerContext, 'routes' | 'canPunch' | 'punch' | 'emit'>,
    actions: WayActions,
    lastGood: string | null,
  ) {
    this.#session = session;
    this.#deafness = new Deafness(session);
    this.#emit = (event) => context.emit(id, event);
    this.links = new PeerLinkSet((peerLink) => {
      session.paths.unbind(peerLink);
      actions.hangUp(peerLink);
    });
    const hangUp = (peerLink: PeerLink): void => this.links.hangUp(peerLink);
    const detours = new Detours(id, {
      routes: context.routes,
      open: (relays, nowMs) => actions.route(relays, nowMs),
      hangUp,
    });
    this.alternates = new Alternates(detours, session, {
      opened: (peerLink) => this.links.add(peerLink, session.paths.activeLink),
      doubt: (relay) => actions.doubt(relay),
      spareDirect: () => this.links.spareDirect,
      sendHello: (peerLink) => actions.sendHello(peerLink),
      hangUp,
      punch: (nowMs) => context.punch(id, nowMs),
    });
    const approachActions = {
      hasDetours: (nowMs: number) => !session.paths.hasPath && (context.canPunch(id) || detours.isKnown(nowMs)),
      dialDetours: (nowMs: number) => {
        const opened = this.alternates.dial((peerLink) => this.opened(peerLink, nowMs), nowMs);
        // A server's help may bring a link of its own accord; the round does not wait for it, or ways that become known later would.
        context.punch(id, nowMs);
        return opened;
      },
      dial: (endpoint: Endpoint) => actions.dial(endpoint),
      sendHello: (peerLink: PeerLink) => actions.sendHello(peerLink),
      hangUp,
    };
    this.approach = new Approach(approachActions, lastGood);
    this.udpReturn = new UdpReturn({
      connection: (nowMs) => usedConnection(session, nowMs),
      endpoints: () => this.approach.endpoints,
      mayTry: (endpoint, nowMs) => this.approach.mayTry(endpoint, nowMs),
      isApproaching: () => this.approach.isActive,
      dial: (endpoint) => actions.dial(endpoint),
      sendHello: (peerLink) => actions.sendHello(peerLink),
      hangUp,
    });
  }

  /** When the approach or {@link tick} is due at the latest, in ms. */
  get wakeAtMs(): number {
    return Math.min(this.approach.wakeAtMs, this.udpReturn.wakeAtMs);
  }

  /** Looks for better ways while there is one. To be called often: does nothing most of the time. */
  tick(isWanted: boolean, nowMs: number): void {
    this.alternates.tick(isWanted, nowMs);
    this.udpReturn.tick(nowMs);
  }

  /** The one in use does not answer: others are tried, and those that became known meanwhile. */
  suspect(isWanted: boolean, nowMs: number): void {
    if (isWanted || this.#session.hasStreams) this.approach.start(nowMs);
    this.alternates.widen(isWanted, nowMs);
    this.#emit({ type: 'changed' });
  }

  /** Looks for others where the peer is heard and does not hear, until it does after all. */
  watchHearing(isWanted: boolean, nowMs: number): void {
    if (this.#deafness.isOver(this.approach.isActive)) this.approach.stop();
    if (this.#deafness.isNoticed(this.approach.isActive, nowMs)) this.suspect(isWanted, nowMs);
  }

  /** A link that this side asked for is there, connected or not. */
  opened(peerLink: PeerLink, nowMs: number): void {
    this.links.add(peerLink, null);
    if (!this.udpReturn.opened(peerLink, nowMs)) this.approach.linkOpened(peerLink, nowMs);
  }

  /** A link closed by itself; `isRefused`: nobody listens there. True where the session has lost a way that it misses. */
  closed(peerLink: PeerLink, isRefused: boolean, nowMs: number): boolean {
    this.links.remove(peerLink);
    const { paths } = this.#session;
    const lostPath = paths.unbind(peerLink);
    this.udpReturn.closed(peerLink);
    if (peerLink.isOwn) this.approach.linkClosed(peerLink, isRefused, nowMs);
    if (lostPath && !paths.hasPath) this.approach.detourAgain(nowMs);
    return lostPath && (peerLink.relay1 === 0 || !paths.hasPath);
  }

  /** The peer answered on a link that this side chose: others that it dialled are not needed any more. */
  answered(peerLink: PeerLink): void {
    this.approach.answered(peerLink);
    if (peerLink.relay1 === 0) this.links.hangUpDialled(peerLink);
  }

  /** The session is over. Where it is wanted the next one is sought, after a pause; until `soonMs` it may be back any time. */
  sessionEnded(reason: DownReason, isWanted: boolean, soonMs: number, nowMs: number): void {
    if (reason === 'silent' || reason === 'refused') {
      this.approach.stop();
      this.links.hangUpOwn();
    }
    const pauseMs = pauseAfter(reason);
    if (isWanted && pauseMs !== null) this.approach.startLater(nowMs, pauseMs, soonMs);
  }

  /** The peer listens, or did, to another process with this node's identity: it is asked again after a while. */
  turnedAway(peerLink: PeerLink, isOtherHeard: boolean, isWanted: boolean, nowMs: number): void {
    if (!peerLink.isOwn) return;
    const pauseMs = pauseAfter('superseded');
    if (!this.#session.isProven) {
      this.approach.stop();
      if (isWanted && pauseMs !== null) this.approach.startLater(nowMs, pauseMs, nowMs);
    }
    this.#emit({ type: 'superseded', isOtherHeard });
  }

  /** Ends all of them. */
  close(): void {
    this.approach.stop();
    this.links.hangUpAll();
  }

  /** Looks for a way where there is none. */
  seek(nowMs: number): void {
    if (!this.#session.paths.hasPath) this.approach.start(nowMs);
  }

  /** Others are there that may lead to the peer, by relays or through NATs. */
  helped(isWanted: boolean, nowMs: number): void {
    if (this.#session.paths.hasPath) return;
    if (isWanted && !this.approach.isActive) this.approach.start(nowMs);
    else this.approach.detourAgain(nowMs);
  }
}

function usedConnection(session: PeerSession, nowMs: number): UsedConnection | null {
  const { activeLink: peerLink, session: live } = session.paths;
  const path = live?.activePath ?? null;
  if (!session.isProven || !session.isInUse(nowMs) || path === null) return null;
  if (peerLink === null || !peerLink.link.reliable || peerLink.dialled === null) return null;
  return { peerLink, dialled: peerLink.dialled, rttMs: path.rtt.srttMs };
}
