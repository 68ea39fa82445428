import type { NodeId } from '../../config/node-id.ts';
import type { LinkQuality } from '../routing/link-quality.ts';
import { decodeFrames } from '../session/decode-frames.ts';
import { FRAME_CODES, type Frame } from '../session/frame.ts';
import { Session } from '../session/session.ts';
import type { SessionStats } from '../session/session-stats.ts';
import type { MeshFrame } from '../session/session-event.ts';
import type { Stream } from '../session/stream.ts';
import type { ResetReason } from '../session/stream-codes.ts';
import type { Target } from '../session/target.ts';
import type { Header } from '../wire/header.ts';
import type { NetworkKeys } from '../wire/network-keys.ts';
import { PacketSealer } from './packet-sealer.ts';
import { PathMoves } from './path-moves.ts';
import type { PeerContext } from './peer-context.ts';
import type { PeerKeys } from './peer-keys.ts';
import type { PeerLink } from './peer-link.ts';
import { PeerPaths } from './peer-paths.ts';
import { type GoodbyeFrame, NO_FRAMES, type Received, sortFrames } from './received.ts';
import { SessionNumbers } from './session-numbers.ts';
import { TimeTalk } from './time-talk.ts';
import { WayChanges } from './way-changes.ts';

/** How long nothing may be heard while something is outstanding, in ms (PROTOCOL section 4). */
const DEATH_AFTER_MS = 4_500;
/** How often an address is asked again to prove itself, in ms. */
const CHALLENGE_INTERVAL_MS = 100;
/** The token of PINGs: they only prove or keep a session. */
const PROOF_TOKEN = 0;

/**
 * The session with one peer from its first stream or message to its end, and its successors: numbers, keys and paths
 * put together. Streams may be opened before a session is settled; they wait in it.
 */
export class PeerSession {
  readonly numbers: SessionNumbers;
  readonly sealer: PacketSealer;
  /** Which links it runs over. */
  readonly paths: PeerPaths;
  /** Whether a session made from now on is declared dead when it is silent, rather than parked. */
  declaresDeath: boolean;
  readonly #context: PeerContext;
  readonly #peer: NodeId;
  readonly #keys: PeerKeys;
  readonly #moves: PathMoves;
  readonly #timeTalk = new TimeTalk();
  readonly #wayChanges = new WayChanges();
  #isProven = false;
  #lastRttMs: number | null = null;
  #bytesReceived = 0;

  constructor(context: PeerContext, peer: NodeId, keys: PeerKeys, highestSession: number) {
    this.#context = context;
    this.#peer = peer;
    this.#keys = keys;
    this.declaresDeath = context.declaresDeath;
    this.numbers = new SessionNumbers(highestSession);
    this.sealer = new PacketSealer(context, peer, keys, this.numbers);
    this.paths = new PeerPaths(context.ownId < peer, this.sealer.seal.bind(this.sealer), () => context.randomByte());
    this.#moves = new PathMoves(this.paths);
  }

  /** True once the peer has sent something in the session, which shows that it has the keys and is there now. */
  get isProven(): boolean {
    return this.#isProven;
  }

  get isSuspect(): boolean {
    return this.#session?.isSuspect === true || !this.paths.hasPath;
  }

  get hasStreams(): boolean {
    return (this.#session?.streamCount ?? 0) > 0;
  }

  get unansweredProbes(): number {
    return this.#session?.activePath?.answers.unansweredProbes ?? 0;
  }

  /** As {@link PeerPaths.directLink}, once the session is proven. */
  get directLink(): PeerLink | null {
    return this.#isProven ? this.paths.directLink : null;
  }

  /** Smoothed round trip in ms, the last one known where there is no session; null where there never was one. */
  get rttMs(): number | null {
    const rtt = this.#session?.activePath?.rtt;
    if (rtt?.hasSample === true) this.#lastRttMs = rtt.srttMs;
    return this.#lastRttMs;
  }

  /** As {@link PeerPaths.quality}, once the session is proven. */
  get quality(): LinkQuality | null {
    return this.#isProven ? this.paths.quality : null;
  }

  get stats(): SessionStats | null {
    return this.#session?.stats ?? null;
  }

  /** It can't be heard for now, and is not declared dead for that. */
  forgive(nowMs: number): void {
    this.#session?.forgive(nowMs);
  }

  /** Bytes of payload since the node started. */
  get traffic(): { readonly bytesSent: number; readonly bytesReceived: number } {
    return { bytesSent: this.sealer.payloadBytes, bytesReceived: this.#bytesReceived };
  }

  get wakeAtMs(): number {
    if (this.#session === null) return Number.POSITIVE_INFINITY;
    return this.#timeTalk.isDue ? 0 : this.#session.wakeAtMs;
  }

  tick(nowMs: number): 'alive' | 'dead' {
    const session = this.#session;
    if (session === null) return 'alive';
    if (this.#timeTalk.isDue) this.#speakOfTime(session, nowMs);
    session.tick(nowMs);
    const change = this.#wayChanges.review(this.paths.activeLink, session.pathReason, nowMs);
    if (change !== null) this.#context.emit(this.#peer, { type: 'moved', change });
    this.paths.settleTraffic(nowMs);
    for (const event of session.takeEvents()) {
      switch (event.type) {
        case 'stream':
          this.#context.emit(this.#peer, { type: 'stream', stream: event.stream });
          break;
        case 'pong':
          break;
        case 'dead':
          return 'dead';
      }
    }
    return 'alive';
  }

  wokeUp(nowMs: number): void {
    for (const { timing } of this.paths.links) timing.clear();
    this.#session?.wokeUp(nowMs);
  }

  openStream(target: Target, nowMs: number): Stream {
    return this.#ensure(nowMs).openStream(target, nowMs);
  }

  /** Elicits an answer where there is a settled session. */
  probe(): void {
    if (!this.paths.hasPath) return;
    this.#timeTalk.ride();
    this.#session?.ping(PROOF_TOKEN);
  }

  /** Asks what the peer's clock shows, on all paths. */
  askTime(): void {
    if (this.#isProven) this.#timeTalk.ask();
  }

  /** Shows the peer that this side is there, and asks for nothing. */
  beat(nowMs: number): void {
    if (this.#isProven) this.#session?.beat(nowMs);
  }

  /** Sends a frame once, or again and again until it has arrived. False where too many wait for that already. */
  sendFrame(frame: MeshFrame, isRepaired = true): boolean {
    return this.#session?.sendFrame(frame, isRepaired) ?? false;
  }

  /** Whether stream data flows. */
  isInUse(nowMs: number): boolean {
    return this.#session?.isInUse(nowMs) ?? false;
  }

  resume(): void {
    this.#session?.resume();
  }

  sayGoodbye(goodbye: GoodbyeFrame, nowMs: number): void {
    if (!this.#isProven) return;
    this.#session?.sendFrame(goodbye, false);
    this.#session?.tick(nowMs);
  }

  /** Resets all streams. Links stay; a successor may use them. */
  end(reason: ResetReason): void {
    const session = this.#session;
    this.#isProven = false;
    this.numbers.end();
    this.paths.end();
    this.#wayChanges.end();
    session?.end(reason);
  }

  /**
   * The peer answered our HELLO on this link, which this side dialled: a session runs over it from now on. `rttMs` is
   * how long that took, or null where it can't be told.
   */
  establish(peerLink: PeerLink, challenge: Uint8Array | null, rttMs: number | null, nowMs: number): void {
    if (!this.#keys.isReady) return;
    const session = this.#ensure(nowMs);
    if (this.numbers.settled === 0) {
      const number = this.numbers.named(this.#context.wallS());
      if (!this.numbers.mayBegin(number)) return;
      this.#settle(number);
    }
    if (peerLink.pathId === null) {
      const pathId = this.paths.open(peerLink, this.#moves.takesOver(peerLink));
      if (rttMs !== null) session.seedRtt(pathId, rttMs, nowMs);
      this.#moves.tellWhereSeen(peerLink);
    }
    if (challenge !== null) this.paths.respond(peerLink, challenge);
    // Shows the peer the path, and that this side has the keys.
    if (peerLink.pathId === null || session.activePath?.id === peerLink.pathId) session.ping(PROOF_TOKEN);
    else session.sayOn(peerLink.pathId, { type: 'ping' });
  }

  /** Takes a level 2 message. Null where it is not what it says, or old. */
  receive(
    peerLink: PeerLink,
    header: Header,
    network: NetworkKeys,
    bytes: Uint8Array,
    offset: number,
    nowMs: number,
  ): Received | null {
    const { pathId, packetNumber } = header;
    const standing = this.numbers.judge(header.session);
    if (standing === 'older') return null;
    if (standing === 'current' && this.#session?.isNew(pathId, packetNumber) === false) return null;
    const key = this.#keys.receiveKey(header, network);
    const payload = key === null ? null : this.#context.open(bytes, offset, header, network, key);
    if (payload === null) return null;

    // Nothing follows from a broken payload, not even where the peer sealed it.
    const isMove = standing === 'newer' || this.paths.linkOf(pathId) !== peerLink;
    if (isMove && decodeFrames(payload, 2) === null) return null;

    // From here on the message is known to be the peer's.
    this.#keys.acknowledge(header.destinationKeyId);
    if (this.#context.isNewest(network)) this.sealer.knowsNewestNetwork = true;
    const replaced = standing === 'newer' && this.numbers.settled !== 0;
    if (replaced) this.end('session-gone');
    const session = this.#ensure(nowMs);
    if (standing === 'newer') this.#settle(header.session);
    this.#moves.follow(pathId, peerLink);
    const frames = session.receive(pathId, packetNumber, payload, nowMs);
    if (frames === null) return null;
    this.#isProven = true;
    this.#bytesReceived += header.payloadBytes;
    if (peerLink.timing.messages.isDue(nowMs)) peerLink.timing.messages.note(header, nowMs);
    const { gossip, goodbye, mail, observed, unreachable, time } =
      frames.length === 0 ? NO_FRAMES : sortFrames(frames, (token) => this.#moves.validate(peerLink, token, nowMs));
    if (time !== null) this.#timeTalk.heard(time, header, peerLink, nowMs, this.#context.wallS() * 1_000);
    if (!peerLink.isValidated && nowMs - peerLink.challengedAtMs >= CHALLENGE_INTERVAL_MS) {
      peerLink.challengedAtMs = nowMs;
      this.#context.sendChallenge(peerLink, this.#peer, network);
    }
    const isActive = session.peerActiveAtMs === nowMs;
    const isBeat = payload[0] === FRAME_CODES.padding && payload.every((byte) => byte === FRAME_CODES.padding);
    // Field by field: a copy with `...` took a tenth of a receiver's time.
    return { replaced, gossip, goodbye, mail, observed, unreachable, isActive, isBeat };
  }

  get #session(): Session | null {
    return this.paths.session;
  }

  #ensure(nowMs: number): Session {
    if (this.#session !== null) return this.#session;
    const session = new Session({
      peer: this.#peer,
      opensEvenStreams: this.#context.ownId < this.#peer,
      deathAfterMs: this.declaresDeath ? DEATH_AFTER_MS : Number.POSITIVE_INFINITY,
      sendBytesPerMs: this.#context.sendBytesPerMs,
      portion: this.#context.portion,
      nowMs,
      onWork: () => this.#context.used(),
    });
    this.paths.begin(session);
    return session;
  }

  #speakOfTime(session: Session, nowMs: number): void {
    const say = (pathId: number, frame: Frame): void => session.sayOn(pathId, frame);
    const wallMs = this.#context.wallS() * 1_000;
    this.#timeTalk.speak(this.paths.links, this.paths.activeLink, say, nowMs, wallMs);
  }

  #settle(number: number): void {
    this.numbers.settle(number);
    this.#context.emit(this.#peer, { type: 'persist' });
  }
}
