import type { NodeId } from '../../config/node-id.ts';
import { parseEndpoint } from '../../config/endpoint.ts';
import { isFailure } from '../../config/parse-failure.ts';
import type { NodeAddress } from '../gossip/node-address.ts';
import { MessageAllowance } from '../out-of-band/message-allowance.ts';
import type { Peer } from '../peering/peer.ts';
import type { MailFrame } from '../peering/peer-context.ts';

/** What each member may ask for, and what it may be bothered with, in a second and at once. */
const ASKS_PER_SECOND = 0.2;
const ASKS_AT_ONCE = 16;
const CALLS_PER_SECOND = 1;
const CALLS_AT_ONCE = 32;
/** The same two are not brought together again for so long, in ms. */
const PAIR_PAUSE_MS = 1_500;
/** The nearer of two is told later by at most this, in ms, so that both send at the same time. */
const MAX_DELAY_MS = 1_000;
const MAX_WAITING = 64;
/** Who was not heard for so long, in ms, may sleep: it has to answer within so long before others are told where it is. */
const SILENT_MS = 30_000;
const PATIENCE_MS = 3_000;
const LOOK_INTERVAL_MS = 100;

/** What the coordinator needs of the node. */
export interface CoordinatorParts {
  readonly peers: ReadonlyMap<
    NodeId,
    Pick<Peer, 'isUp' | 'directLink' | 'sendMail' | 'session' | 'keepAlive' | 'probe'>
  >;
  /** Whether others can reach this node themselves. */
  readonly isServer: boolean;
  /** Eight random bytes. */
  makeToken(): Uint8Array;
}

/** Brings two nodes together that both have sessions with this one: tells each where the other is seen, at the same time. */
export class PunchCoordinator {
  readonly #parts: CoordinatorParts;
  readonly #asked = new MessageAllowance(ASKS_PER_SECOND, ASKS_AT_ONCE);
  readonly #called = new MessageAllowance(CALLS_PER_SECOND, CALLS_AT_ONCE);
  readonly #pairs = new Map<string, number>();
  #doubted: { readonly from: NodeId; readonly node: NodeId; readonly sinceMs: number; lookAtMs: number }[] = [];
  #waiting: { readonly atMs: number; readonly to: NodeId; readonly frame: MailFrame }[] = [];

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
  }

  /** When {@link tick} has something to do. */
  get wakeAtMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { atMs } of this.#waiting) earliest = Math.min(earliest, atMs);
    for (const { lookAtMs } of this.#doubted) earliest = Math.min(earliest, lookAtMs);
    return earliest;
  }

  tick(nowMs: number): void {
    if (nowMs < this.wakeAtMs) return;
    if (this.#doubted.length > 0) this.#lookAtDoubted(nowMs);
    this.#tellDue(nowMs);
  }

  #tellDue(nowMs: number): void {
    const due = this.#waiting.filter(({ atMs }) => atMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > nowMs);
    for (const { to, frame } of due) this.#parts.peers.get(to)?.sendMail(frame);
  }

  /** A member asks to be brought together with another. Where that is impossible nothing happens. */
  ask(from: NodeId, node: NodeId, nowMs: number): void {
    if (
      !this.#parts.isServer ||
      from === node ||
      !this.#asked.take(from, nowMs) ||
      this.#waiting.length + 2 * this.#doubted.length + 2 > MAX_WAITING
    )
      return;
    const peer = this.#parts.peers.get(node);
    if (peer === undefined || this.#addressOf(from) === null || this.#addressOf(node) === null) return;
    if (!this.#isPairDue(from, node, nowMs) || !this.#called.take(node, nowMs)) return;
    if (nowMs - peer.keepAlive.heardAtMs < SILENT_MS) return this.#bringTogether(from, node, nowMs);
    peer.probe(nowMs);
    this.#doubted.push({ from, node, sinceMs: nowMs, lookAtMs: nowMs + LOOK_INTERVAL_MS });
  }

  /** Those who were not heard for long: one that has answered meanwhile is there. */
  #lookAtDoubted(nowMs: number): void {
    for (const doubted of this.#doubted) {
      const { from, node, sinceMs } = doubted;
      const isHeard = (this.#parts.peers.get(node)?.keepAlive.heardAtMs ?? sinceMs) > sinceMs;
      doubted.lookAtMs =
        isHeard || nowMs - sinceMs >= PATIENCE_MS ? Number.POSITIVE_INFINITY : nowMs + LOOK_INTERVAL_MS;
      if (isHeard) this.#bringTogether(from, node, nowMs);
    }
    this.#doubted = this.#doubted.filter(({ lookAtMs }) => lookAtMs !== Number.POSITIVE_INFINITY);
  }

  #bringTogether(from: NodeId, node: NodeId, nowMs: number): void {
    const lead = this.#addressOf(from);
    const follow = this.#addressOf(node);
    if (lead === null || follow === null || lead.host.includes(':') !== follow.host.includes(':')) return;
    const token = this.#parts.makeToken();
    // Whose message comes first finds the other's NAT closed, and some then give the answer another port.
    const aheadMs = (this.#flightMs(from) - this.#flightMs(node)) / 2;
    this.#tell(from, { type: 'punch', step: 'lead', node, token, address: follow }, nowMs - Math.min(0, aheadMs));
    this.#tell(node, { type: 'punch', step: 'follow', node: from, token, address: lead }, nowMs + Math.max(0, aheadMs));
    this.#tellDue(nowMs);
  }

  #tell(to: NodeId, frame: MailFrame, atMs: number): void {
    this.#waiting.push({ atMs, to, frame });
  }

  #flightMs(id: NodeId): number {
    return Math.min(2 * MAX_DELAY_MS, this.#parts.peers.get(id)?.session.rttMs ?? 0);
  }

  #isPairDue(a: NodeId, b: NodeId, nowMs: number): boolean {
    const pair = a < b ? `${a} ${b}` : `${b} ${a}`;
    for (const [old, atMs] of this.#pairs) if (nowMs - atMs >= PAIR_PAUSE_MS) this.#pairs.delete(old);
    if (this.#pairs.has(pair)) return false;
    this.#pairs.set(pair, nowMs);
    return true;
  }

  /** Where a node is seen to come from, by UDP; null where it can't be told to another. */
  #addressOf(id: NodeId): NodeAddress | null {
    const peer = this.#parts.peers.get(id);
    const remote = peer?.isUp === true ? peer.directLink?.link.remote : undefined;
    const endpoint = remote === undefined ? null : parseEndpoint(remote);
    if (endpoint === null || isFailure(endpoint) || endpoint.transport !== 'udp') return null;
    return { transport: 'udp', source: 'observed', host: endpoint.host, port: endpoint.port };
  }
}
