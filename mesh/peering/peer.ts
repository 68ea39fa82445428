import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { Hello } from '../gossip/hello.ts';
import type { NodeView } from '../mesh-view.ts';
import type { Stream } from '../session/stream.ts';
import type { Target } from '../session/target.ts';
import { type Header, messageBytes } from '../wire/header.ts';
import type { NetworkKeys } from '../wire/network-keys.ts';
import { Absence } from './absence.ts';
import { Greeting } from './greeting.ts';
import { HeldMessages } from './held-messages.ts';
import { KeepAlive } from './keep-alive.ts';
import type { DownReason, GossipFrame, LinkMaker, MailFrame, PeerContext } from './peer-context.ts';
import type { PeerKeys } from './peer-keys.ts';
import type { PeerLink } from './peer-link.ts';
import { PeerSession } from './peer-session.ts';
import { PeerWays } from './peer-ways.ts';
import { type GoodbyeFrame, reportReceived, SUPERSEDED } from './received.ts';
import type { Relays } from './routed-link.ts';
import type { SavedPeer } from './saved-peer.ts';

/**
 * One other node: how to get through to it, the keys shared with it, and the one session with it. The node feeds it
 * verified HELLOs and level 2 messages; {@link tick} is due at {@link wakeAtMs}. It survives whatever comes from outside.
 */
export class Peer {
  readonly id: NodeId;
  readonly keys: PeerKeys;
  readonly #context: PeerContext;
  readonly session: PeerSession;
  /** How to get through to it. */
  readonly ways: PeerWays;
  readonly absence = new Absence();
  readonly keepAlive = new KeepAlive();
  readonly #held = new HeldMessages();
  readonly #greeting: Greeting;
  #incarnation = 0;
  #state: NodeView['state'] = 'idle';

  constructor(context: PeerContext, links: LinkMaker, id: NodeId, keys: PeerKeys, saved: SavedPeer | null) {
    this.#context = context;
    this.id = id;
    this.keys = keys;
    this.session = new PeerSession(context, id, keys, saved?.session ?? 0);
    this.#greeting = new Greeting(context, id, keys, this.session);
    const actions = {
      dial: (endpoint: Endpoint) => links.dialTo(id, endpoint),
      route: (relays: Relays, nowMs: number) => links.route(id, relays, nowMs),
      doubt: (relay: NodeId) => links.doubt(relay),
      sendHello: (peerLink: PeerLink) => this.#greeting.send(peerLink),
      hangUp: (peerLink: PeerLink) => links.hangUp(peerLink),
    };
    this.ways = new PeerWays(id, this.session, context, actions, saved?.lastGood ?? null);
  }

  get saved(): SavedPeer {
    return { session: this.session.numbers.highest, lastGood: this.ways.approach.lastGood };
  }

  /** A link without relays on which it has proven itself, and which its session uses; null where there is none. */
  get directLink(): PeerLink | null {
    return this.session.directLink;
  }

  get isUp(): boolean {
    return this.session.isProven;
  }

  /** Whether this side keeps a session of its own accord. */
  get isWanted(): boolean {
    return this.keepAlive.isWanted;
  }

  get state(): NodeView['state'] {
    if (this.session.isProven) return this.session.isSuspect ? 'suspect' : 'up';
    if (this.ways.approach.isActive) return this.#state === 'down' ? 'down' : 'connecting';
    return this.#state;
  }

  get wakeAtMs(): number {
    const keysAtMs = this.#greeting.announcement.wakeAtMs;
    const parkedAtMs = this.isUp ? this.keepAlive.parkedUntilMs : Number.POSITIVE_INFINITY;
    return Math.min(this.ways.wakeAtMs, this.session.wakeAtMs, this.keepAlive.wakeAtMs, keysAtMs, parkedAtMs);
  }

  tick(nowMs: number): void {
    this.ways.approach.tick(nowMs);
    if (nowMs >= this.keepAlive.wakeAtMs) {
      this.#context.emit(this.id, { type: 'keep-alive' });
      this.probe(nowMs);
    }
    this.#greeting.tick(this.keepAlive.heardAtMs, nowMs);
    this.ways.tick(this.isWanted, nowMs);
    if (this.session.tick(nowMs) === 'dead') this.#down('silent', nowMs);
    else if (this.isUp && nowMs >= this.keepAlive.parkedUntilMs) this.#down('silent', nowMs);
    else if (this.#greeting.watchProbes(this.keepAlive.heardAtMs, nowMs)) this.ways.suspect(this.isWanted, nowMs);
    else this.ways.watchHearing(this.isWanted, nowMs);
  }

  /** The machine slept: probe at once. */
  wokeUp(nowMs: number): void {
    this.session.wokeUp(nowMs);
    if (this.isUp) this.#elicit(nowMs);
    else if (this.isWanted) this.ways.approach.start(nowMs);
  }

  /** Elicits an answer where there is a session. */
  probe(nowMs: number): void {
    this.keepAlive.probed(nowMs);
    this.#elicit(nowMs);
  }

  /** The machine has other addresses than before. `isGone`: some it had are gone, and with them perhaps the links in use. */
  networkChanged(isGone: boolean, nowMs: number): void {
    this.ways.udpReturn.networkChanged();
    if (!this.#mayDial) return;
    // A new address beside the old ones says nothing of a link that is quiet; one that something is awaited on may be dead.
    if (isGone || !this.isUp || this.awaitsAnything(nowMs)) this.ways.approach.startAnew(nowMs);
    if (this.isUp) this.#elicit(nowMs);
  }

  /** Whether an answer is overdue, a way is looked for, or data flows. */
  awaitsAnything(nowMs: number): boolean {
    return this.ways.approach.isActive || this.session.unansweredProbes > 0 || this.session.isInUse(nowMs);
  }

  /** Keeps a session with this peer from now on, or no longer. */
  setWanted(isWanted: boolean, nowMs: number): void {
    this.keepAlive.isWanted = isWanted;
    this.session.declaresDeath = isWanted || this.#context.declaresDeath;
    if (!isWanted) this.ways.approach.stop();
    else if (!this.isUp && !this.ways.approach.isActive) this.ways.approach.start(nowMs);
  }

  openStream(target: Target, nowMs: number): Stream {
    this.ways.seek(nowMs);
    this.#greeting.refresh(this.keepAlive.heardAtMs, nowMs);
    this.ways.alternates.isUsed = true;
    return this.session.openStream(target, nowMs);
  }

  /** Sees to it that there is a session, for now. */
  seek(nowMs: number): void {
    this.ways.seek(nowMs);
  }

  /** Sends what is for the peer itself. False where there is no session, or too much waits already. */
  sendMail(frame: MailFrame): boolean {
    return this.isUp && this.session.sendFrame(frame);
  }

  /** Sends gossip; without a session it is dropped, since a session starts with a DIGEST. */
  sendGossip(frame: GossipFrame): void {
    if (this.isUp) this.session.sendFrame(frame);
  }

  /** Says GOODBYE and ends the session. */
  leave(goodbye: GoodbyeFrame, nowMs: number): void {
    this.keepAlive.isWanted = false;
    this.ways.approach.stop();
    this.session.sayGoodbye(goodbye, nowMs);
    this.session.end('shutting-down');
  }

  /** The peer lost its number: everything shared with it is wiped. */
  remove(nowMs: number): void {
    this.keepAlive.isWanted = false;
    this.#down('removed', nowMs);
    this.ways.close();
    this.keys.wipe();
  }

  /** An own ephemeral key was erased or made: the newest is announced until the peer uses it. Connections full of what was sealed to one that is gone are closed. */
  ephemeralChanged(nowMs: number): void {
    this.keys.dropErased();
    this.#greeting.announcement.start(nowMs);
    if (!this.keys.isReady && this.ways.links.hangUpReliable() && this.#mayDial) this.ways.approach.startAnew(nowMs);
  }

  linkOpened(peerLink: PeerLink, nowMs: number): void {
    this.ways.opened(peerLink, nowMs);
  }

  /** `isRefused`: nobody listens there. */
  linkClosed(peerLink: PeerLink, isRefused: boolean, nowMs: number): void {
    const isLoss = this.ways.closed(peerLink, isRefused, nowMs);
    if (isLoss && this.#mayDial) this.ways.approach.start(nowMs);
    // A whole round of refusals after the link went away: the process is gone, no need to wait for silence.
    if (this.isUp && !this.session.paths.hasPath && this.ways.approach.isRefused) this.#down('refused', nowMs);
    this.#context.emit(this.id, { type: 'changed' });
  }

  /** Takes a HELLO of this peer that was verified and is new. `challenge` came with it, or is null. */
  receiveHello(
    hello: Hello,
    peerLink: PeerLink,
    network: NetworkKeys,
    challenge: Uint8Array | null,
    nowMs: number,
  ): void {
    this.#context.emit(this.id, { type: 'persist' });
    if (hello.session === 0) return this.ways.turnedAway(peerLink, hello.peerKeyId !== 0, this.isWanted, nowMs);
    this.ways.links.add(peerLink, this.session.paths.activeLink);
    peerLink.link.keep();
    const isAnswer = peerLink.awaitsHello(nowMs);
    const rttMs = peerLink.helloAnswered(nowMs);
    peerLink.nextNetwork = this.#context.isNewest(network) ? 'newest' : 'older';
    if (this.#context.isNewest(network)) this.session.sealer.knowsNewestNetwork = true;
    if (hello.incarnation > this.#incarnation) {
      // The old process hears it where it still runs, with the same configuration somewhere else.
      this.session.sayGoodbye(SUPERSEDED, nowMs);
      this.keys.forgetPeer();
      if (this.session.numbers.settled !== 0) this.#down('restarted', nowMs);
      this.#incarnation = hello.incarnation;
    }
    if (!this.keys.learn(hello.ephemeralPublicKey, nowMs)) return;
    const isOwnKeyKnown = this.keys.acknowledge(hello.peerKeyId);
    if (this.session.numbers.hear(hello.session)) {
      this.#down('replaced', nowMs);
      this.session.numbers.hear(hello.session);
    }
    const areKeysKnown = isOwnKeyKnown && !this.keys.isNewestUnacknowledged;
    if (peerLink.isOwn && isOwnKeyKnown) {
      if (this.ways.udpReturn.holdsBack(peerLink, rttMs, nowMs)) return;
      // One that nobody asked for shows that the peer is heard, and not that it hears.
      if (isAnswer) this.ways.answered(peerLink);
      if (peerLink.relay1 === 0) this.keepAlive.linkChanged(peerLink.isPunched);
      this.session.establish(peerLink, challenge, rttMs, nowMs);
    } else if (areKeysKnown && peerLink.isValidated && peerLink.pathId !== null) {
      this.session.probe();
    } else if (peerLink.mayAnswerHello(nowMs)) {
      this.#greeting.sendTimed(peerLink, nowMs);
    }
    for (const held of this.#held.take(nowMs)) this.#context.retry(held.peerLink, held.bytes, nowMs);
  }

  /** Takes a level 2 message whose header says that this peer sent it to this node. True where that is so. */
  receive(
    peerLink: PeerLink,
    header: Header,
    network: NetworkKeys,
    bytes: Uint8Array,
    offset: number,
    nowMs: number,
  ): boolean {
    if (!this.keys.knowsOrigin(header)) {
      this.#held.hold(bytes.subarray(offset, offset + messageBytes(header)), peerLink, nowMs);
      return false;
    }
    const wasUp = this.isUp;
    const received = this.session.receive(peerLink, header, network, bytes, offset, nowMs);
    if (received === null) return false;
    this.ways.links.add(peerLink, this.session.paths.activeLink);
    if (received.replaced) this.#context.emit(this.id, { type: 'down', reason: 'replaced' });
    if (this.#greeting.heard(nowMs)) this.#context.emit(this.id, { type: 'changed' });
    this.ways.approach.heard(peerLink.dialled !== null);
    if (received.isActive) this.keepAlive.used(this.session.hasStreams, nowMs);
    else if (received.isBeat) this.keepAlive.overheard(nowMs);
    else this.keepAlive.heard(nowMs);
    if (!wasUp || received.replaced) {
      this.#state = 'up';
      if (peerLink.relay1 === 0) this.ways.approach.stop();
      this.absence.end();
      this.#context.emit(this.id, { type: 'up' });
    }
    reportReceived(received, peerLink, this.#context, this.id);
    if (received.goodbye !== null) this.#down(this.absence.begin(received.goodbye, nowMs), nowMs);
    return true;
  }

  /** A CHALLENGE came alone: the peer sees another address than before, and asks whether it is really this node's. */
  receiveChallenge(peerLink: PeerLink, token: Uint8Array, nowMs: number): void {
    if (peerLink.pathId !== null && peerLink.mayRespond(nowMs)) this.session.paths.respond(peerLink, token);
  }

  get #mayDial(): boolean {
    return this.isWanted || this.session.hasStreams;
  }

  #elicit(nowMs: number): void {
    this.#greeting.refresh(this.keepAlive.heardAtMs, nowMs);
    this.session.probe();
  }

  #down(reason: DownReason, nowMs: number): void {
    const wasUp = this.isUp;
    this.ways.alternates.isUsed = false;
    this.session.end(reason === 'said-goodbye' || reason === 'restarting' ? 'shutting-down' : 'session-gone');
    this.keepAlive.stop();
    this.#state = 'down';
    this.ways.sessionEnded(reason, this.isWanted, this.absence.untilMs, nowMs);
    this.#context.emit(this.id, wasUp ? { type: 'down', reason } : { type: 'changed' });
  }
}
