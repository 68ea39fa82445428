import type { NodeId } from '../config/node-id.ts';
import type { PathView } from './path-view.ts';
import type { Peer } from './peering/peer.ts';
import type { SessionWay } from './peering/peer-paths.ts';
import type { WayTotal } from './peering/way-totals.ts';
import { pathCostMs } from './session/path-cost.ts';
import { FlightTimes, type TimedWay } from './timing/flight-times.ts';

/** Measures the ways to other nodes when somebody wants to see them. */
export class PathSurveys {
  readonly #clock: { readonly wallAheadMs: number };
  readonly #ownId: NodeId;
  readonly #peers: ReadonlyMap<NodeId, Peer>;

  /** @param clock how far the own wall clock is ahead of the monotonic one. */
  constructor(ownId: NodeId, peers: ReadonlyMap<NodeId, Peer>, clock: { readonly wallAheadMs: number }) {
    this.#clock = clock;
    this.#ownId = ownId;
    this.#peers = peers;
  }

  /**
   * Asks once by every way to a node, and the relays on these, what their clocks show. The best ways that are not open yet
   * are opened. A few times, some round trips in all, give {@link view} something to tell.
   */
  ask(id: NodeId, nowMs: number): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    peer.ways.alternates.look(nowMs);
    peer.session.askTime();
    for (const relay of relaysOf(peer)) this.#peers.get(relay)?.session.askTime();
  }

  /** The ways of the session with a node, the one in use first; empty where there is none. */
  view(id: NodeId, nowMs: number): readonly PathView[] {
    const peer = this.#peers.get(id);
    const usersData = peer?.session.paths.shareFigures(nowMs) ?? null;
    if (peer === undefined || usersData === null) return [];
    const ways = peer.session.paths.ways.toSorted((a, b) => rank(a, peer) - rank(b, peer));
    const timed = ways.map((way) => timedWay(id, way));
    // Direct ways to relays tell of their clocks.
    const near = relaysOf(peer).flatMap((relay) => {
      const directLink = this.#peers.get(relay)?.directLink ?? null;
      return directLink === null ? [] : [{ to: relay, relays: [], timing: directLink.timing }];
    });
    const flights = new FlightTimes(this.#ownId, [...timed, ...near], { nowMs, wallAheadMs: this.#clock.wallAheadMs });
    const counted = new Set<WayTotal | null>();
    return ways.map((way, index) => {
      const { peerLink, path } = way;
      const { rtt, outgoingLoss, received } = path;
      peerLink.traffic.settle(nowMs);
      const total = peer.ways.links.totals.before(peerLink);
      // Two links may lead the same way for a while: what went before counts once.
      const before = counted.has(total) ? null : total;
      counted.add(total);
      before?.sent.settle(nowMs);
      return {
        relays: timed[index]!.relays,
        link: peerLink.link.remote,
        state: stateOf(way, peer, nowMs),
        rtt: rtt.hasSample ? { leastMs: rtt.minMs, smoothedMs: rtt.srttMs, variationMs: rtt.rttvarMs } : null,
        lossShare: outgoingLoss.share,
        incomingLossShare: received.loss.share,
        costMs: rtt.hasSample ? pathCostMs(path) : null,
        bytesSent: peerLink.traffic.totalBytes + (before?.sent.totalBytes ?? 0),
        bytesSentLastMinute: peerLink.traffic.lastMinuteBytes(nowMs) + (before?.sent.lastMinuteBytes(nowMs) ?? 0),
        bytesReceived: peerLink.bytesReceived + (before?.receivedBytes ?? 0),
        usersData,
        ...flights.of(timed[index]!),
      };
    });
  }
}

function timedWay(to: NodeId, { peerLink }: SessionWay): TimedWay {
  const { relay1, relay2, timing } = peerLink;
  return { to, relays: [relay1, relay2].flatMap((relay) => (relay === 0 ? [] : [relay])), timing };
}

function relaysOf(peer: Peer): readonly NodeId[] {
  const relays = peer.session.paths.ways.flatMap(({ peerLink }) => [peerLink.relay1, peerLink.relay2]);
  return [...new Set(relays)].flatMap((relay) => (relay === 0 ? [] : [relay]));
}

/** The one in use, then those with fewer relays. */
function rank({ peerLink }: SessionWay, { session }: Peer): number {
  return peerLink === session.paths.activeLink ? -1 : peerLink.relayCount;
}

function stateOf({ peerLink, path }: SessionWay, { session }: Peer, nowMs: number): PathView['state'] {
  if (peerLink === session.paths.activeLink) return 'used';
  if (!peerLink.isValidated) return 'unproven';
  if (path.answers.isDemoted(nowMs)) return 'refused';
  const { unansweredProbes, progressAtMs, silentSinceMs } = path.answers;
  const isStray = path.strayedAtMs > progressAtMs;
  const isLate = isStray || unansweredProbes > 0 || nowMs - silentSinceMs > path.rtt.probeTimeoutMs;
  return isLate || progressAtMs === Number.NEGATIVE_INFINITY ? 'silent' : 'ready';
}
