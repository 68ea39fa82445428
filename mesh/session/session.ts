import { AwaitedData } from './awaited-data.ts';
import { BlockedTimer } from './blocked-timer.ts';
import { decodeFrames } from './decode-frames.ts';
import { FRAME_CODES, type Frame, isEliciting, isUrgent } from './frame.ts';
import { FrameReceiver } from './frame-receiver.ts';
import type { PacketCarrier } from './packet-carrier.ts';
import { recoverPackets } from './recover-packets.ts';
import { PacketSender } from './packet-sender.ts';
import type { MeshFrame, SessionEvent } from './session-event.ts';
import type { SessionPath } from './session-path.ts';
import { type PathReason, SessionPaths } from './session-paths.ts';
import { SessionStreams } from './session-streams.ts';
import type { SessionOptions } from './session-options.ts';
import { type SessionStats, statsOf } from './session-stats.ts';
import type { ShareFigures } from './share-meter.ts';
import { Silence } from './silence.ts';
import type { Stream } from './stream.ts';
import type { ResetReason } from './stream-codes.ts';
import type { Target } from './target.ts';

const BEAT = Uint8Array.of(FRAME_CODES.padding);

/**
 * Everything between two nodes: numbered packets on one or more paths, and the streams inside (PROTOCOL section 4).
 *
 * Bytes and time in, packets and events out. {@link receive} takes a payload whose seal was verified; {@link tick}
 * sends what is due and tells streams' owners what happened, and must be called by {@link wakeAtMs}, which may lie in
 * the past after any call. Broken payloads change nothing. After the `dead` event or {@link end} it does nothing more.
 */
export class Session {
  readonly #paths: SessionPaths;
  readonly #streams: SessionStreams;
  readonly #sender: PacketSender;
  readonly #receiver: FrameReceiver;
  readonly #silence: Silence;
  readonly #blocked = new BlockedTimer();
  readonly #awaited = new AwaitedData();
  readonly #events: SessionEvent[] = [];
  #hasWork = false;
  #isEnded = false;

  constructor(options: SessionOptions) {
    this.#paths = new SessionPaths(options.sendBytesPerMs ?? null, (packet) => this.#sender.lost(packet));
    this.#streams = new SessionStreams(options);
    this.#silence = new Silence(options.deathAfterMs, options.nowMs);
    this.#sender = new PacketSender(
      this.#streams,
      this.#paths.all,
      (token, rttMs) => this.#events.push({ type: 'pong', token, rttMs }),
      options.portion,
    );
    this.#receiver = new FrameReceiver(this.#streams, this.#paths, this.#sender);
  }

  /** Puts a path onto a link, and sends by it from now on where `isActive` or where there is no other. */
  attachPath(pathId: number, carrier: PacketCarrier, isActive: boolean): void {
    this.#paths.attach(pathId, carrier, isActive);
    this.#hasWork = true;
  }

  /** Sends by this path from now on, where it has a link. */
  activate(pathId: number): void {
    if (this.#paths.activate(pathId)) this.#hasWork = true;
  }

  /** The path's link is gone: what was in flight is sent again by another. */
  detachPath(pathId: number): void {
    if (this.#paths.detach(pathId, this.#streams.nowMs)) this.#hasWork = true;
  }

  /** Another path is used until then, where there is one that works. */
  demotePath(pathId: number, untilMs: number, nowMs: number): void {
    this.#paths.demote(pathId, untilMs, nowMs);
    this.#hasWork = true;
  }

  /** The peer returned what was sent on this path, besides packets. */
  pathAnswered(pathId: number, nowMs: number): void {
    this.#paths.progressed(pathId, nowMs);
    this.#hasWork = true;
  }

  /** Sends a frame once, on this path alone, where it has a link. */
  sayOn(pathId: number, frame: Frame): void {
    // On the one in use it shares a packet with whatever else is due.
    if (pathId === this.#paths.active?.id) this.#streams.queue.addOnce(frame);
    else this.#paths.say(pathId, frame);
    this.#hasWork = true;
  }

  /** The path in use, or null. */
  get activePath(): SessionPath | null {
    return this.#paths.active;
  }

  /** Why it is that one. */
  get pathReason(): PathReason {
    return this.#paths.reason;
  }

  /** For tables; null where there is no path with this id. */
  path(pathId: number): SessionPath | null {
    return this.#paths.all.get(pathId) ?? null;
  }

  /** A round trip measured before the path existed, in ms. */
  seedRtt(pathId: number, rttMs: number, nowMs: number): void {
    const path = this.#paths.all.get(pathId);
    if (path !== undefined && !path.rtt.hasSample) path.rtt.update(rttMs, 0, nowMs);
  }

  /** A link can take more again. */
  resume(): void {
    this.#hasWork = true;
  }

  /** True before the packet was received: to be asked before its seal is verified. */
  isNew(pathId: number, packetNumber: number): boolean {
    return this.#paths.all.get(pathId)?.received.isNew(packetNumber) ?? true;
  }

  /** When {@link tick} wants to be called; it may lie in the past. Infinity while nothing is outstanding. */
  get wakeAtMs(): number {
    if (this.#isEnded) return this.#events.length > 0 ? 0 : Number.POSITIVE_INFINITY;
    if (this.#hasWork || this.#streams.hasWork || this.#events.length > 0) return 0;
    const { active } = this.#paths;
    const deathAtMs = this.#silence.deathAtMs(active);
    if (active === null) return deathAtMs; // what pacing held back has no path to wait for
    let earliest = Math.min(deathAtMs, this.#sender.dataAtMs, active.answers.probeAtMs);
    const isWritable = active.carrier?.writable === true;
    if (isWritable) earliest = Math.min(earliest, this.#blocked.dueAtMs, this.#askAtMs(active));
    for (const path of this.#paths.all.values()) {
      earliest = Math.min(earliest, path.parityWriter.dueAtMs);
      if (isWritable) earliest = Math.min(earliest, path.received.missing.wakeAtMs);
      const mayAck = path.acksItself ? path.carrier?.writable === true : isWritable;
      if (mayAck) earliest = Math.min(earliest, path.received.ackAtMs);
    }
    return Math.min(earliest, this.#paths.wakeAtMs(this.#streams.nowMs));
  }

  /**
   * Takes a payload that arrived on an attached path, and returns its frames that are not the session's business, whose
   * bytes are views into `payload`. Null where the payload is broken.
   */
  receive(pathId: number, packetNumber: number, payload: Uint8Array, nowMs: number): readonly MeshFrame[] | null {
    const path = this.#paths.all.get(pathId);
    const frames = decodeFrames(payload, 2);
    if (path === undefined || frames === null || this.#isEnded) return null;
    this.#streams.nowMs = nowMs;
    this.#silence.heard(nowMs);
    path.answers.heard(nowMs);
    const meshFrames: MeshFrame[] = [];
    for (const frame of frames) this.#receiver.receive(frame, pathId, meshFrames, nowMs);
    path.received.receive(packetNumber, frames.some(isEliciting), frames.some(isUrgent), nowMs);
    const recovered = recoverPackets(this.#paths.all, path, packetNumber, payload, frames);
    for (const frame of recovered) this.#receiver.receive(frame, pathId, meshFrames, nowMs);
    // What another path answers may be what the chooser of paths waits for.
    this.#hasWork ||= this.#streams.queue.hasData || this.#streams.queue.hasControl || path !== this.#paths.active;
    return meshFrames;
  }

  /** Sends what is due and tells the streams' owners what happened. */
  tick(nowMs: number): void {
    if (this.#isEnded) return;
    this.#streams.nowMs = nowMs;
    if (nowMs >= this.#silence.deathAtMs(this.#paths.active)) {
      this.end('session-gone');
      this.#events.push({ type: 'dead' });
      return;
    }
    this.#streams.dispatch();
    for (const stream of this.#streams.takeOpened()) this.#events.push({ type: 'stream', stream });
    this.#hasWork = false;
    this.#streams.workSeen();
    this.#paths.tick(nowMs);
    this.#sender.relayed.alternate = this.#paths.alternate;
    this.#probe(nowMs);
    if (nowMs >= this.#blocked.dueAtMs) this.#sayBlocked(nowMs);
    this.#transmit(nowMs);
  }

  /** What happened, for the node around the session. To be called after {@link tick}, before the next one. */
  takeEvents(): SessionEvent[] {
    return this.#events.splice(0);
  }

  /** What the peer leaves unanswered now is not its fault: it is not declared dead for a while. */
  forgive(nowMs: number): void {
    this.#silence.forgive(nowMs);
  }

  /** The machine slept: nothing is declared dead for ten seconds, and what is in flight is probed at once. */
  wokeUp(nowMs: number): void {
    this.forgive(nowMs);
    for (const path of this.#paths.all.values()) path.answers.forgive(nowMs);
  }

  openStream(target: Target, nowMs: number): Stream {
    this.#streams.nowMs = nowMs;
    return this.#streams.open(target);
  }

  /** Asks for an immediate acknowledgement; a `pong` event with this token follows. */
  ping(token: number): void {
    this.#streams.queue.addPing(token);
    this.#hasWork = true;
  }

  /** Shows the peer that this side is there, and asks for nothing. */
  beat(nowMs: number): void {
    const { active } = this.#paths;
    if (active?.carrier?.writable !== true) return;
    active.send(BEAT, null, nowMs);
    active.carrier.flush();
  }

  /** Sends a frame of the mesh's own: once, or again until it is acknowledged. False where too many wait for that already. */
  sendFrame(frame: MeshFrame, isRepaired: boolean): boolean {
    const isQueued = !isRepaired || this.#streams.queue.addMeshFrame(frame);
    if (!isRepaired) this.#streams.queue.addOnce(frame);
    this.#hasWork = true;
    return isQueued;
  }

  /** Ends the session here: every stream is reset. Idempotent. */
  end(reason: ResetReason): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#streams.end(reason);
    this.#paths.clear();
  }

  /** True while something is outstanding and two probes in a row were not answered. */
  get isSuspect(): boolean {
    return (this.#paths.active?.answers.unansweredProbes ?? 0) >= 2;
  }

  /** When the peer last sent something about a stream. */
  get peerActiveAtMs(): number {
    return this.#receiver.peerActiveAtMs;
  }

  /** True while stream data flows, or did so a moment ago. */
  isInUse(nowMs: number): boolean {
    return this.#paths.isInUse(nowMs);
  }

  get streamCount(): number {
    return this.#streams.set.size;
  }

  /** For tables and tests. */
  get stats(): SessionStats {
    return statsOf(this.#streams, this.#paths.all.values());
  }

  /** What went by way of other nodes. */
  shareFigures(nowMs: number): ShareFigures {
    return this.#sender.relayed.portion.meter.figures(nowMs);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  #probe(nowMs: number): void {
    const { active } = this.#paths;
    if (active === null) return;
    const isAsking = active.carrier?.writable === true && nowMs >= this.#askAtMs(active);
    if (isAsking) this.#awaited.asked(nowMs);
    if (isAsking || nowMs >= active.answers.probeAtMs) this.#sender.probe(active, nowMs);
  }

  /** When to ask a peer that sent data and sends no more, and owes no answer. */
  #askAtMs({ sent, rtt }: SessionPath): number {
    if (sent.oldest !== null || !this.#streams.set.hasOwn) return Number.POSITIVE_INFINITY;
    return this.#awaited.dueAtMs(this.#streams.newBytesAtMs, rtt.probeTimeoutMs);
  }

  #transmit(nowMs: number): void {
    const path = this.#paths.active;
    const { queue } = this.#streams;
    this.#silence.stranded(path === null && (queue.hasData || queue.hasControl), nowMs);
    if (queue.hasData) this.#paths.used(nowMs);
    for (const each of this.#paths.all.values()) this.#sender.sendParity(each, nowMs);
    if (path === null) return;
    this.#streams.rttMs = path.rtt.srttMs;
    this.#sender.transmit(path, nowMs);
    if (this.#sender.mustGoOn) this.#hasWork = true;
    this.#blocked.update(this.#streams.isBlocked, path.rtt.probeTimeoutMs, nowMs);
  }

  #sayBlocked(nowMs: number): void {
    if (this.#paths.active?.carrier?.writable !== true) return;
    this.#streams.sayBlocked();
    this.#blocked.said(nowMs);
  }
}
