import { isPublicIp } from '../../config/address-class.ts';
import { type Endpoint, formatEndpoint, parseEndpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import { isFailure } from '../../config/parse-failure.ts';
import type { NatClass } from '../gossip/node-record.ts';
import type { Link } from '../link.ts';
import { MessageAllowance } from '../out-of-band/message-allowance.ts';
import type { Peer } from '../peering/peer.ts';
import type { MailFrame } from '../peering/peer-context.ts';
import { dueAtMs, type PunchAttempt } from './punch-attempt.ts';
import { PunchLedger } from './punch-ledger.ts';

type PunchFrame = Extract<MailFrame, { readonly type: 'punch' }>;
type Begin = Exclude<PunchFrame, { readonly step: 'ask' }>;

/**
 * When the message is sent that opens the own NAT, in ms after the one before: first when both sides listen, and again where
 * nothing got through meanwhile, since it may have been lost.
 */
const OPENERS_MS = [100, 1_500, 3_000] as const;
/** An attempt is over after this, in ms. */
const ATTEMPT_MS = 10_000;
const MAX_ATTEMPTS = 32;
/** The same node is asked for again after this, in ms, doubling. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 600_000;
/** What others say of a node ends such a pause no more often than this, in ms. */
const FOUND_INTERVAL_MS = 60_000;
/** So many servers are asked at a time. */
const SERVERS_ASKED = 2;
/** What one member may have this node do, in a second and at once. */
const TOLD_PER_SECOND = 0.02;
const TOLD_AT_ONCE = 32;
/** Messages from so many addresses are taken up in one attempt: a NAT may show another one than the server saw. */
const MAX_OPENINGS = 2;
/** A way on which nothing was heard for so long may be forgotten by a NAT, in ms. */
const FORGOTTEN_MS = 10_000;
/** Both sides may ask two servers each. */
const MAX_TOKENS = 2 * SERVERS_ASKED;

/** What punching needs of the node. */
export interface PunchParts {
  readonly ownId: NodeId;
  readonly peers: ReadonlyMap<NodeId, Pick<Peer, 'id' | 'isUp' | 'directLink' | 'sendMail' | 'session' | 'probe'>>;
  /** Whether a member has this number. */
  isMember(id: NodeId): boolean;
  /** Whether others can reach that node themselves: nobody else brings two together. */
  isServer(id: NodeId): boolean;
  /** What the way in to a node is like; the own number is allowed. */
  natClassOf(id: NodeId): NatClass;
  /** Whether a node listens at addresses that it names, so that there is nothing to be opened. */
  isListening(id: NodeId): boolean;
  /** Asks the process for a link from the same port as another; it comes with {@link PunchDesk.linkOpened}. */
  dial(endpoint: Endpoint, beside: Link): number;
  /** Sends a CHALLENGE with this token, of at most 200 bytes. */
  sendOpener(link: Link, to: NodeId, token: Uint8Array): void;
  /** Somebody with the token answers on this link, in so many bytes: the peer is to be greeted there. */
  greet(peer: NodeId, link: Link, receivedBytes: number, nowMs: number): void;
  /** Whether somebody has proven himself on this link, or is being greeted, so that this node can't be. */
  isTaken(link: Link, id: NodeId): boolean;
}

/** When a node was asked for last, whom, and how often since it could be reached. */
interface Asked {
  readonly atMs: number;
  readonly times: number;
  readonly servers: readonly NodeId[];
}

/**
 * Gets through to nodes behind NATs (PUNCH, PROTOCOL section 5): a server tells both where the other is seen to come from;
 * both send a message there at the same time, which opens their NATs; whoever asked greets the other where one arrived.
 */
export class PunchDesk {
  readonly #parts: PunchParts;
  readonly #ledger = new PunchLedger();
  readonly #told = new MessageAllowance(TOLD_PER_SECOND, TOLD_AT_ONCE);
  /** By the node that was asked for. */
  readonly #asked = new Map<NodeId, Asked>();
  /** When there was last nobody to ask for a node: that is found out seldom, since it takes a look at all peers. */
  readonly #vainAtMs = new Map<NodeId, number>();
  /** When pauses were last ended because others found a node. */
  readonly #foundAtMs = new Map<NodeId, number>();
  #attempts: PunchAttempt[] = [];

  constructor(parts: PunchParts) {
    this.#parts = parts;
  }

  /** When {@link tick} has something to do. */
  get wakeAtMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#attempts.length; index++)
      earliest = Math.min(earliest, dueAtMs(this.#attempts[index]!));
    return earliest;
  }

  tick(nowMs: number): void {
    if (nowMs < this.wakeAtMs) return;
    for (const attempt of this.#attempts) {
      if (nowMs >= attempt.untilMs) this.#end(attempt, nowMs);
      else if (attempt.link !== null && nowMs >= attempt.openAtMs) this.#open(attempt, attempt.link, nowMs);
    }
  }

  /** Whether there is anybody to ask for a way to this node. */
  canAsk(id: NodeId): boolean {
    const { natClassOf, isListening, ownId } = this.#parts;
    const isHopeless = isListening(id) || (natClassOf(id) === 'symmetric' && natClassOf(ownId) === 'symmetric');
    return !isHopeless && this.#servers(id).length > 0;
  }

  /** Asks servers for a way to this node. False where it is too early to ask again, or nobody can be asked. */
  ask(id: NodeId, nowMs: number): boolean {
    const { atMs, times } = this.#asked.get(id) ?? { atMs: Number.NEGATIVE_INFINITY, times: 0 };
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(times - 1, 20));
    if (nowMs - Math.max(atMs, this.#vainAtMs.get(id) ?? atMs) < pauseMs) return false;
    if (!this.canAsk(id)) {
      this.#vainAtMs.set(id, nowMs);
      return false;
    }
    const all = this.#servers(id);
    const count = Math.min(SERVERS_ASKED, all.length);
    const servers = Array.from({ length: count }, (_, index) => all[(times * SERVERS_ASKED + index) % all.length]!);
    this.#asked.set(id, { atMs: nowMs, times: times + 1, servers: servers.map((server) => server.id) });
    for (const server of servers) server.sendMail({ type: 'punch', step: 'ask', node: id });
    return true;
  }

  /** Others hear this node again, so that asking for it need not pause any longer. */
  found(id: NodeId, nowMs: number): void {
    if (nowMs - (this.#foundAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < FOUND_INTERVAL_MS) return;
    this.#foundAtMs.set(id, nowMs);
    const asked = this.#asked.get(id);
    if (asked !== undefined) this.#asked.set(id, { ...asked, times: 0 });
    this.#vainAtMs.delete(id);
  }

  /** The own network is another one: what failed before may work now. */
  forgetFailures(): void {
    this.#asked.clear();
    this.#vainAtMs.clear();
  }

  /** A server brings this node together with another. */
  begin(server: NodeId, frame: Begin, nowMs: number): void {
    const { ownId, peers, isMember, isServer } = this.#parts;
    const { node, address, step } = frame;
    const isLead = step === 'lead';
    const beside = peers.get(server)?.directLink?.link ?? null;
    if (beside === null || !isServer(server) || node === ownId || node === server || !isMember(node)) return;
    if (isLead && !this.#wasAsked(server, node, nowMs)) return;
    if (address.transport !== 'udp' || !isPlausible(address.host, beside)) return;
    if (!this.#told.take(server, nowMs)) return;
    const endpoint: Endpoint = { transport: 'udp', host: address.host, port: address.port };
    const linked = this.#linkTo(node, endpoint);
    // Who asks for this node and comes from where the way leads may have lost it all the same.
    if ((isLead || linked === null) && this.#isThrough(node, nowMs - FORGOTTEN_MS)) return;
    if (linked !== null) {
      // What is missing may be no more than what NATs have forgotten, ...
      peers.get(node)?.probe(nowMs);
      if (isLead) return;
      // ... or the other side may have given up the session that this one still keeps.
    }
    const token = new Uint8Array(frame.token);
    const other = this.#attempts.find(({ peer }) => peer === node);
    if (other !== undefined && !this.#replace(other, isLead, endpoint, token, nowMs)) return;
    if (this.#attempts.length >= MAX_ATTEMPTS || !this.#ledger.has(endpoint.host, endpoint.port, nowMs)) return;
    const dialId = linked === null ? this.#parts.dial(endpoint, beside) : null;
    const times = { beganAtMs: nowMs, untilMs: nowMs + ATTEMPT_MS, openAtMs: nowMs + OPENERS_MS[0] };
    const counts = { openersSent: 0, openings: 0 };
    this.#attempts.push({ peer: node, isLead, tokens: [token], endpoint, ...times, ...counts, dialId, link: linked });
  }

  /** A link that was asked for is there. False where it is none of these. */
  linkOpened(dialId: number, link: Link): boolean {
    const attempt = this.#attempts.find((other) => other.dialId === dialId);
    if (attempt === undefined) return false;
    attempt.link = link;
    return true;
  }

  /** A CHALLENGE came alone, in so many bytes. False where it belongs to no attempt. */
  challenged(from: NodeId, link: Link, token: Uint8Array, receivedBytes: number, nowMs: number): boolean {
    const attempt = this.#attempts.find(
      ({ peer, tokens }) => peer === from && tokens.some((known) => Buffer.compare(known, token) === 0),
    );
    if (attempt === undefined) return false;
    this.#asked.delete(from);
    if (attempt.openings >= MAX_OPENINGS || this.#isTaken(attempt, link)) return true;
    attempt.openings++;
    if (attempt.isLead) this.#parts.greet(from, link, receivedBytes, nowMs);
    else this.#parts.sendOpener(link, from, token);
    return true;
  }

  /**
   * Both sides may ask at the same time. Of two attempts the one goes on that the lower number asked for, as both see it.
   * True where a new one is to begin in the place of this one.
   */
  #replace(attempt: PunchAttempt, isLead: boolean, endpoint: Endpoint, token: Uint8Array, nowMs: number): boolean {
    const { ownId } = this.#parts;
    const asker = (leads: boolean): NodeId => (leads ? ownId : attempt.peer);
    const isNext = asker(isLead) < asker(attempt.isLead);
    // Asked once more by the same one, who may have forgotten the first ones.
    const isNewest = isNext || isLead === attempt.isLead;
    const tokens = isNewest ? [token, ...attempt.tokens] : [...attempt.tokens, token];
    attempt.tokens = tokens.slice(0, MAX_TOKENS);
    if (!isNext) return false;
    if (formatEndpoint(endpoint) !== formatEndpoint(attempt.endpoint)) {
      this.#end(attempt, nowMs);
      return true;
    }
    // The way back is open already.
    attempt.isLead = isLead;
    return false;
  }

  #wasAsked(server: NodeId, node: NodeId, nowMs: number): boolean {
    const asked = this.#asked.get(node);
    return asked !== undefined && asked.servers.includes(server) && nowMs - asked.atMs <= ATTEMPT_MS;
  }

  #open(attempt: PunchAttempt, link: Link, nowMs: number): void {
    const { peer, endpoint, tokens } = attempt;
    attempt.openAtMs = Number.POSITIVE_INFINITY;
    if (
      this.#isTaken(attempt, link) ||
      this.#isThrough(peer, attempt.dialId === null ? attempt.beganAtMs : nowMs - FORGOTTEN_MS)
    )
      return;
    if (!this.#ledger.take(endpoint.host, endpoint.port, nowMs)) return;
    this.#parts.sendOpener(link, peer, tokens[0]!);
    attempt.openAtMs = nowMs + (OPENERS_MS[++attempt.openersSent] ?? Number.POSITIVE_INFINITY);
  }

  /** Whether there is a direct way to a node on which it was heard since. */
  #isThrough(id: NodeId, sinceMs: number): boolean {
    const peer = this.#parts.peers.get(id);
    if (peer?.isUp !== true || peer.directLink === null) return false;
    return peer.session.paths.heardAtMs(peer.directLink) > sinceMs;
  }

  /** Whether somebody has proven himself on this link, or is being greeted there; but for one that is kept for the attempt. */
  #isTaken({ peer, dialId, link: own }: PunchAttempt, link: Link): boolean {
    return (dialId !== null || link !== own) && this.#parts.isTaken(link, peer);
  }

  /** The link to this address on which the member has proven itself, and its session has a path; null where there is none. */
  #linkTo(id: NodeId, endpoint: Endpoint): Link | null {
    const peer = this.#parts.peers.get(id);
    const link = peer?.isUp === true ? (peer.directLink?.link ?? null) : null;
    return link?.remote === formatEndpoint(endpoint) ? link : null;
  }

  #end(attempt: PunchAttempt, nowMs: number): void {
    this.#attempts = this.#attempts.filter((other) => other !== attempt);
    const { peer, endpoint } = attempt;
    // Not by the token, which the server knows, too.
    const isProven = this.#linkTo(peer, endpoint) !== null && this.#isThrough(peer, attempt.beganAtMs);
    if (isProven) this.#ledger.proven(endpoint.host, endpoint.port, nowMs);
    const dialled = attempt.dialId === null ? null : attempt.link;
    // Nobody's, not even this peer's of old.
    if (dialled !== null && !this.#parts.isTaken(dialled, this.#parts.ownId)) dialled.close();
  }

  /** Whom this node has dialled by UDP, the nearest first. */
  #servers(except: NodeId): Pick<Peer, 'id' | 'sendMail' | 'session'>[] {
    return [...this.#parts.peers.values()]
      .filter(({ id, isUp, directLink }) => isUp && id !== except && directLink?.dialled?.transport === 'udp')
      .toSorted((a, b) => (a.session.rttMs ?? Infinity) - (b.session.rttMs ?? Infinity));
  }
}

/** Nobody from outside is to have this node send into the network that it is in. */
function isPlausible(host: string, server: Link): boolean {
  if (isPublicIp(host)) return true;
  const remote = parseEndpoint(server.remote);
  return !isFailure(remote) && !isPublicIp(remote.host);
}
