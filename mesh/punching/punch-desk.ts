import { isPublicIp } from '../../config/address-class.ts';
import { type Endpoint, formatEndpoint, parseEndpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import { isFailure } from '../../config/parse-failure.ts';
import type { NodeAddress } from '../gossip/node-address.ts';
import type { NatClass } from '../gossip/node-record.ts';
import type { Link } from '../link.ts';
import { MessageAllowance } from '../out-of-band/message-allowance.ts';
import type { Peer } from '../peering/peer.ts';
import type { MailFrame } from '../peering/peer-context.ts';
import { LocalCandidates } from './local-candidates.ts';
import { PunchAsks } from './punch-asks.ts';
import { chosenWord, type PunchAttempt, withWord, wordsInTurn } from './punch-attempt.ts';
import { PunchAttempts } from './punch-attempts.ts';
import { PunchLedger } from './punch-ledger.ts';

type PunchFrame = Extract<MailFrame, { readonly type: 'punch' }>;
type Begin = Extract<PunchFrame, { readonly step: 'lead' | 'follow' }>;
type Local = Extract<PunchFrame, { readonly step: 'local' }>;

/**
 * When the message is sent that opens the own NAT, in ms after the one before: first when both sides listen, and again where
 * nothing got through meanwhile, since it may have been lost.
 */
const OPENERS_MS = [100, 1_500, 3_000] as const;
/** An attempt is over after this, in ms. */
const ATTEMPT_MS = 10_000;
/** What one member may have this node do, in a second and at once. */
const TOLD_PER_SECOND = 0.02;
const TOLD_AT_ONCE = 32;
/** Messages from so many addresses are taken up for one token: a NAT may show another one than the server saw. */
const MAX_OPENINGS = 2;
/** A way on which nothing was heard for so long may be forgotten by a NAT, in ms. */
const FORGOTTEN_MS = 10_000;

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
  /** Whether this node is seen at this address itself, or in its network. */
  isSeenIn(host: string): boolean;
  /** Whether that node's record has it seen there, too. */
  isNear(id: NodeId): boolean;
  /** The machine's own addresses, as IP literals. */
  localAddresses(): ReadonlySet<string>;
  /** Asks the process for a link from the same port as another; it comes with {@link PunchDesk.linkOpened}. */
  dial(endpoint: Endpoint, beside: Link): number;
  /** Sends a CHALLENGE with this token, of at most 200 bytes. */
  sendOpener(link: Link, to: NodeId, token: Uint8Array): void;
  /** Somebody with the token answers on this link, in so many bytes: the peer is to be greeted there. */
  greet(peer: NodeId, link: Link, receivedBytes: number, nowMs: number): void;
  /** Whether somebody has proven himself on this link, or is being greeted, so that this node can't be. */
  isTaken(link: Link, id: NodeId): boolean;
}

/**
 * Gets through to nodes behind NATs (PUNCH, PROTOCOL section 5): a server tells both where the other is seen to come from;
 * both send a message there at the same time, which opens their NATs; whoever asked greets the other where one arrived.
 * Two that are seen at one address tell each other their local ones in their session, and do the same with those.
 */
export class PunchDesk {
  readonly #parts: PunchParts;
  readonly #ledger = new PunchLedger();
  readonly #told = new MessageAllowance(TOLD_PER_SECOND, TOLD_AT_ONCE);
  readonly #asks = new PunchAsks();
  readonly #local: LocalCandidates;
  readonly #attempts = new PunchAttempts();

  constructor(parts: PunchParts) {
    this.#parts = parts;
    this.#local = new LocalCandidates(() => parts.localAddresses());
  }

  /** When {@link tick} has something to do. */
  get wakeAtMs(): number {
    return this.#attempts.wakeAtMs;
  }

  tick(nowMs: number): void {
    if (nowMs < this.wakeAtMs) return;
    for (const attempt of this.#attempts.all) {
      if (nowMs >= attempt.untilMs) this.#end(attempt, nowMs);
      else if (attempt.link !== null && nowMs >= attempt.openAtMs) this.#open(attempt, attempt.link, nowMs);
    }
  }

  /** Whether there is anybody to ask for a way to this node. */
  canAsk(id: NodeId): boolean {
    const { natClassOf, isListening, isNear, ownId } = this.#parts;
    const isHopeless = isListening(id) || (natClassOf(id) === 'symmetric' && natClassOf(ownId) === 'symmetric');
    // Not every NAT leads back to its own address, whoever listens there.
    return (!isHopeless || isNear(id)) && this.#servers(id).length > 0;
  }

  /** Asks servers for a way to this node. False where it is too early to ask again, or nobody can be asked. */
  ask(id: NodeId, nowMs: number): boolean {
    if (!this.#asks.isDue(id, nowMs)) return false;
    if (!this.canAsk(id)) {
      this.#asks.inVain(id, nowMs);
      return false;
    }
    for (const server of this.#asks.begin(id, this.#servers(id), nowMs))
      server.sendMail({ type: 'punch', step: 'ask', node: id });
    return true;
  }

  /** Others hear this node again, so that asking for it need not pause any longer. */
  found(id: NodeId, nowMs: number): void {
    this.#asks.found(id, nowMs);
  }

  /** The own network is another one: what failed before may work now, and what is near is not what was. */
  networkMoved(): void {
    this.#asks.clear();
    this.#local.forget();
    for (const attempt of this.#attempts.all) if (attempt.place !== 'far') this.#drop(attempt);
  }

  /** A server brings this node together with another. */
  begin(server: NodeId, frame: Begin, nowMs: number): void {
    const { ownId, peers, isMember, isServer, isSeenIn } = this.#parts;
    const { node, address, step } = frame;
    const isLead = step === 'lead';
    const beside = peers.get(server)?.directLink?.link ?? null;
    if (beside === null || !isServer(server) || node === ownId || node === server || !isMember(node)) return;
    if (isLead && !this.#asks.has(server, node, nowMs)) return;
    if (address.transport !== 'udp' || !isPlausible(address.host, beside)) return;
    if (!this.#told.take(server, nowMs)) return;
    const endpoint = endpointOf(address);
    const linked = this.#linkTo(node, endpoint);
    // Who asks for this node and comes from where the way leads may have lost it all the same.
    if ((isLead || linked === null) && this.#isThrough(node, nowMs - FORGOTTEN_MS)) return;
    if (linked !== null) {
      // What is missing may be no more than what NATs have forgotten, ...
      peers.get(node)?.probe(nowMs);
      if (isLead) return;
      // ... or the other side may have given up the session that this one still keeps.
    }
    const word = { server, token: new Uint8Array(frame.token), isLead, openings: 0 };
    const known = this.#attempts.at(node, endpoint);
    if (known !== undefined) {
      const isNew = known.words.every((other) => other.server !== server);
      known.words = withWord(known.words, word);
      known.untilMs = nowMs + ATTEMPT_MS;
      if (!isNew && known.openAtMs !== Number.POSITIVE_INFINITY) return;
      // What was sent there because of another server's word, or an older one, may have come to nobody: this one counts like the first.
      known.openersSent = 0;
      known.openAtMs = Math.min(known.openAtMs, nowMs + OPENERS_MS[0]);
      return;
    }
    const place = isSeenIn(endpoint.host) ? 'near' : 'far';
    if (place === 'far' && !this.#ledger.has(server, endpoint, nowMs)) return;
    if (this.#attempts.makeRoom(node, server, (oldest) => this.#end(oldest, nowMs)))
      this.#start({ peer: node, endpoint, place, words: [word] }, linked, beside, nowMs);
  }

  /** A peer says in its session where it is in its own network: tried where a server that brings both together sees them at one address. */
  localTold(from: NodeId, { node, token, address }: Local, nowMs: number): void {
    const near = this.#attempts.near(from, token);
    if (node !== from || near === null || near.link === null) return;
    const endpoint = endpointOf(address);
    if (this.#isThrough(from, nowMs - FORGOTTEN_MS) || this.#attempts.at(from, endpoint) !== undefined) return;
    const count = this.#attempts.localCount(from);
    if (this.#attempts.isFull || !this.#local.take(from, address, near.endpoint.host, count, nowMs)) return;
    const words = near.words.map((word) => ({ ...word, openings: 0 }));
    this.#start({ peer: from, endpoint, place: 'local', words }, null, near.link, nowMs);
  }

  /** A link that was asked for is there. False where it is none of these. */
  linkOpened(dialId: number, link: Link): boolean {
    const attempt = this.#attempts.all.find((other) => other.dialId === dialId);
    if (attempt === undefined) return false;
    attempt.link = link;
    return true;
  }

  /** A CHALLENGE came alone, in so many bytes. False where it belongs to no attempt. */
  challenged(from: NodeId, link: Link, token: Uint8Array, receivedBytes: number, nowMs: number): boolean {
    const found = this.#attempts.under(from, token, link);
    if (found === null) return false;
    const { attempt, word } = found;
    this.#asks.answered(from);
    if (word.openings >= MAX_OPENINGS || this.#isTaken(attempt, link)) return true;
    word.openings++;
    // Where this side has asked, and the other answers all the same, it knows nothing of an own ask that would count instead.
    const leads = chosenWord(attempt, this.#parts.ownId).isLead || (word.isLead && word.openings > 1);
    if (leads) this.#parts.greet(from, link, receivedBytes, nowMs);
    else this.#parts.sendOpener(link, from, token);
    return true;
  }

  /** `linked`: a link of the peer's own there, or null: then one is dialled from the port of `beside`. */
  #start(
    what: Pick<PunchAttempt, 'peer' | 'endpoint' | 'place' | 'words'>,
    linked: Link | null,
    beside: Link,
    nowMs: number,
  ): void {
    const dialId = linked === null ? this.#parts.dial(what.endpoint, beside) : null;
    const times = { beganAtMs: nowMs, untilMs: nowMs + ATTEMPT_MS, openAtMs: nowMs + OPENERS_MS[0] };
    this.#attempts.add({ ...what, ...times, openersSent: 0, dialId, link: linked });
  }

  #open(attempt: PunchAttempt, link: Link, nowMs: number): void {
    const { peer, endpoint, place } = attempt;
    attempt.openAtMs = Number.POSITIVE_INFINITY;
    if (
      this.#isTaken(attempt, link) ||
      this.#isThrough(peer, attempt.dialId === null ? attempt.beganAtMs : nowMs - FORGOTTEN_MS)
    )
      return;
    const words = wordsInTurn(attempt, this.#parts.ownId);
    if (place === 'near') this.#tellLocal(attempt, link, words[0]!.token);
    const ledger = this.#ledgerOf(attempt);
    const word = words.find(({ server }) => ledger.take(place === 'local' ? peer : server, endpoint, nowMs));
    if (word !== undefined) this.#parts.sendOpener(link, peer, word.token);
    else if (place !== 'near') return;
    attempt.openAtMs = nowMs + (OPENERS_MS[++attempt.openersSent] ?? Number.POSITIVE_INFINITY);
  }

  /** Where the peer, with which there is a session, can get at this node in the network that both seem to be in. */
  #tellLocal({ peer, endpoint }: PunchAttempt, { localPort }: Link, token: Uint8Array): void {
    const { peers, ownId } = this.#parts;
    if (localPort === undefined || localPort === null) return;
    for (const host of this.#local.hosts(endpoint.host)) {
      const address: NodeAddress = { transport: 'udp', source: 'local', host, port: localPort };
      peers.get(peer)?.sendMail({ type: 'punch', step: 'local', node: ownId, token, address });
    }
  }

  #ledgerOf({ place }: PunchAttempt): PunchLedger {
    return place === 'local' ? this.#local.ledger : this.#ledger;
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
    const { peer, endpoint } = attempt;
    // Not by the token, which the server knows, too.
    const isProven = this.#linkTo(peer, endpoint) !== null && this.#isThrough(peer, attempt.beganAtMs);
    if (isProven) this.#ledgerOf(attempt).proven(endpoint, nowMs);
    this.#drop(attempt);
  }

  #drop(attempt: PunchAttempt): void {
    this.#attempts.remove(attempt);
    const dialled = attempt.dialId === null ? null : attempt.link;
    // Nobody's, not even this peer's of old; two may be said to be at one address.
    const isWanted = this.#attempts.all.some(({ link }) => link === dialled);
    if (dialled !== null && !isWanted && !this.#parts.isTaken(dialled, this.#parts.ownId)) dialled.close();
  }

  /** Whom this node has dialled by UDP, the nearest first. */
  #servers(except: NodeId): Pick<Peer, 'id' | 'sendMail' | 'session'>[] {
    return [...this.#parts.peers.values()]
      .filter(({ id, isUp, directLink }) => isUp && id !== except && directLink?.dialled?.transport === 'udp')
      .toSorted((a, b) => (a.session.rttMs ?? Infinity) - (b.session.rttMs ?? Infinity));
  }
}

function endpointOf({ host, port }: NodeAddress): Endpoint {
  return { transport: 'udp', host, port };
}

/** Nobody from outside is to have this node send into the network that it is in. */
function isPlausible(host: string, server: Link): boolean {
  if (isPublicIp(host)) return true;
  const remote = parseEndpoint(server.remote);
  return !isFailure(remote) && !isPublicIp(remote.host);
}
