import { BlockedTimer } from './blocked-timer.ts';
import { decodeFrames } from './decode-frames.ts';
import { type Frame, isEliciting, isUrgent } from './frame.ts';
import { FramePieces } from './frame-pieces.ts';
import type { PacketCarrier } from './packet-carrier.ts';
import { recoverPackets } from './recover-packets.ts';
import { PacketSender } from './packet-sender.ts';
import type { MeshFrame, SessionEvent } from './session-event.ts';
import { SessionPath } from './session-path.ts';
import { SessionStreams } from './session-streams.ts';
import type { SessionOptions } from './session-options.ts';
import { type SessionStats, statsOf } from './session-stats.ts';
import { Silence } from './silence.ts';
import type { Stream } from './stream.ts';
import type { ResetReason } from './stream-codes.ts';
import type { Target } from './target.ts';

/**
 * Everything between two nodes: numbered packets on one or more paths, and the streams inside (PROTOCOL section 4).
 *
 * Bytes and time in, packets and events out. {@link receive} takes a payload whose seal was verified; {@link tick}
 * sends what is due and tells streams' owners what happened, and must be called by {@link wakeAtMs}, which may lie in
 * the past after any call. Broken payloads change nothing. After the `dead` event or {@link end} it does nothing more.
 */
export class Session {
  readonly #paths = new Map<number, SessionPath>();
  readonly #streams: SessionStreams;
  readonly #sender: PacketSender;
  readonly #silence: Silence;
  readonly #blocked = new BlockedTimer();
  readonly #events: SessionEvent[] = [];
  readonly #pieces = new FramePieces();
  readonly #sendBytesPerMs: number | null;
  #activePath: SessionPath | null = null;
  #hasWork = false;
  #isEnded = false;
  #peerActiveAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: SessionOptions) {
    this.#sendBytesPerMs = options.sendBytesPerMs ?? null;
    this.#streams = new SessionStreams(options);
    this.#silence = new Silence(options.deathAfterMs, options.nowMs);
    this.#sender = new PacketSender(this.#streams, this.#paths, (token, rttMs) =>
      this.#events.push({ type: 'pong', token, rttMs }),
    );
  }

  /** Puts a path onto a link, and sends by it from now on where `isActive` or where there is no other. */
  attachPath(pathId: number, carrier: PacketCarrier, isActive: boolean): void {
    let path = this.#paths.get(pathId);
    if (path === undefined) {
      path = new SessionPath(pathId, carrier, this.#sendBytesPerMs);
      this.#paths.set(pathId, path);
    } else if (path.carrier !== carrier) {
      path.detach(this.#sender.lost);
      path.attach(carrier);
    }
    if (isActive || this.#activePath === null) this.#activePath = path;
    this.#hasWork = true;
  }

  /** Sends by this path from now on, where it has a link. */
  activate(pathId: number): void {
    const path = this.#paths.get(pathId);
    if (path === undefined || path.carrier === null) return;
    this.#activePath = path;
    this.#hasWork = true;
  }

  /** The path's link is gone: what was in flight is sent again by another. */
  detachPath(pathId: number): void {
    const path = this.#paths.get(pathId);
    if (path === undefined || path.carrier === null) return;
    path.detach(this.#sender.lost);
    if (path === this.#activePath) {
      this.#activePath = [...this.#paths.values()].find((other) => other.carrier !== null) ?? null;
    }
    this.#hasWork = true;
  }

  /** The path in use, or null. */
  get activePath(): SessionPath | null {
    return this.#activePath;
  }

  /** A round trip measured before the path existed, in ms. */
  seedRtt(pathId: number, rttMs: number, nowMs: number): void {
    const path = this.#paths.get(pathId);
    if (path !== undefined && !path.rtt.hasSample) path.rtt.update(rttMs, 0, nowMs);
  }

  /** A link can take more again. */
  resume(): void {
    this.#hasWork = true;
  }

  /** True before the packet was received: to be asked before its seal is verified. */
  isNew(pathId: number, packetNumber: number): boolean {
    return this.#paths.get(pathId)?.received.isNew(packetNumber) ?? true;
  }

  /** When {@link tick} wants to be called; it may lie in the past. Infinity while nothing is outstanding. */
  get wakeAtMs(): number {
    if (this.#isEnded) return this.#events.length > 0 ? 0 : Number.POSITIVE_INFINITY;
    if (this.#hasWork || this.#streams.hasWork || this.#events.length > 0) return 0;
    const deathAtMs = this.#silence.deathAtMs(this.#paths.values());
    if (this.#activePath === null) return deathAtMs; // what pacing held back has no path to wait for
    let earliest = Math.min(deathAtMs, this.#sender.dataAtMs);
    const isWritable = this.#activePath.carrier?.writable === true;
    if (isWritable) earliest = Math.min(earliest, this.#blocked.dueAtMs);
    for (const path of this.#paths.values()) {
      earliest = Math.min(earliest, path.probeAtMs, path.parityWriter.dueAtMs);
      if (isWritable) earliest = Math.min(earliest, path.received.wakeAtMs);
    }
    return earliest;
  }

  /**
   * Takes a payload that arrived on an attached path, and returns its frames that are not the session's business, whose
   * bytes are views into `payload`. Null where the payload is broken.
   */
  receive(pathId: number, packetNumber: number, payload: Uint8Array, nowMs: number): readonly MeshFrame[] | null {
    const path = this.#paths.get(pathId);
    const frames = decodeFrames(payload, 2);
    if (path === undefined || frames === null || this.#isEnded) return null;
    this.#streams.nowMs = nowMs;
    this.#silence.heard(nowMs);
    path.heard(nowMs);
    const meshFrames: MeshFrame[] = [];
    for (const frame of frames) this.#receiveFrame(frame, meshFrames, nowMs);
    path.countIncoming(packetNumber);
    path.received.receive(packetNumber, frames.some(isEliciting), frames.some(isUrgent), nowMs);
    const recovered = recoverPackets(this.#paths, path, packetNumber, payload, frames);
    for (const frame of recovered) this.#receiveFrame(frame, meshFrames, nowMs);
    this.#hasWork ||= this.#streams.queue.hasData || this.#streams.queue.hasControl;
    return meshFrames;
  }

  /** Sends what is due and tells the streams' owners what happened. */
  tick(nowMs: number): void {
    if (this.#isEnded) return;
    this.#streams.nowMs = nowMs;
    if (nowMs >= this.#silence.deathAtMs(this.#paths.values())) {
      this.end('session-gone');
      this.#events.push({ type: 'dead' });
      return;
    }
    this.#streams.dispatch();
    for (const stream of this.#streams.takeOpened()) this.#events.push({ type: 'stream', stream });
    this.#hasWork = false;
    this.#streams.workSeen();
    this.#probe(nowMs);
    if (nowMs >= this.#blocked.dueAtMs) this.#sayBlocked(nowMs);
    this.#transmit(nowMs);
  }

  /** What happened, for the node around the session. To be called after {@link tick}, before the next one. */
  takeEvents(): SessionEvent[] {
    return this.#events.splice(0);
  }

  /** The machine slept: nothing is declared dead for ten seconds, and what is in flight is probed at once. */
  wokeUp(nowMs: number): void {
    this.#silence.forgive(nowMs);
    for (const path of this.#paths.values()) path.forgive(nowMs);
  }

  openStream(target: Target, nowMs: number): Stream {
    this.#streams.nowMs = nowMs;
    return this.#streams.open(target);
  }

  /** Asks for an immediate acknowledgement; a `pong` event with this token follows. */
  ping(token: number): void {
    this.#streams.queue.pings.push(token);
    this.#hasWork = true;
  }

  /** Sends a frame of the mesh's own: once, or again until it is acknowledged. */
  sendFrame(frame: MeshFrame, isRepaired: boolean): void {
    if (!isRepaired) this.#streams.queue.once.push(frame);
    else this.#streams.queue.addMeshFrame(frame);
    this.#hasWork = true;
  }

  /** Ends the session here: every stream is reset. Idempotent. */
  end(reason: ResetReason): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#streams.end(reason);
    this.#paths.clear();
    this.#activePath = null;
  }

  /** True while something is outstanding and two probes in a row were not answered. */
  get isSuspect(): boolean {
    return (this.#activePath?.unansweredProbes ?? 0) >= 2;
  }

  /** When the peer last sent something about a stream. */
  get peerActiveAtMs(): number {
    return this.#peerActiveAtMs;
  }

  get streamCount(): number {
    return this.#streams.set.size;
  }

  /** For tables and tests. */
  get stats(): SessionStats {
    return statsOf(this.#streams, this.#paths.values());
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  #receiveFrame(frame: Frame, meshFrames: MeshFrame[], nowMs: number): void {
    switch (frame.type) {
      case 'data':
      case 'open':
      case 'opened':
      case 'refused':
      case 'reset':
      case 'stop':
      case 'max-stream-data':
        this.#streams.receive(frame);
        this.#peerActiveAtMs = nowMs;
        return;
      case 'ack':
        this.#paths
          .get(frame.pathId)
          ?.acknowledge(
            frame.ranges,
            frame.delayMs,
            nowMs,
            (packet) => this.#sender.acknowledged(packet, nowMs),
            this.#sender.lost,
          );
        return;
      case 'repair':
        this.#paths.get(frame.pathId)?.repair(frame.ranges, this.#sender.lost);
        return;
      case 'recovered':
        this.#paths
          .get(frame.pathId)
          ?.repair(frame.ranges, (packet) => this.#sender.recovered(packet, nowMs), this.#sender.lost);
        return;
      case 'max-data':
        this.#streams.receiveSessionCredit(frame.bytes);
        return;
      case 'max-streams':
        this.#streams.receiveStreamCount(frame.count);
        return;
      case 'blocked':
        this.#streams.receiveBlocked(frame.streamId);
        return;
      case 'ping':
      case 'guarded':
      case 'parity':
      case 'hello': // level 0 only, as is the next; the decoder lets none through
      case 'challenge':
        return;
      case 'piece': {
        const whole = this.#pieces.receive(frame);
        if (whole !== null) meshFrames.push(whole);
        return;
      }
      case 'response':
      case 'observed':
      case 'records':
      case 'digest':
      case 'want':
      case 'table':
      case 'lost':
      case 'goodbye':
      case 'witness':
        meshFrames.push(frame);
    }
  }

  #probe(nowMs: number): void {
    for (const path of this.#paths.values()) if (nowMs >= path.probeAtMs) this.#sender.probe(path, nowMs);
  }

  #transmit(nowMs: number): void {
    const path = this.#activePath;
    const { queue } = this.#streams;
    this.#silence.stranded(path === null && (queue.hasData || queue.hasControl), nowMs);
    for (const each of this.#paths.values()) this.#sender.sendParity(each, nowMs);
    if (path === null) return;
    this.#streams.rttMs = path.rtt.srttMs;
    this.#sender.transmit(path, nowMs);
    if (this.#sender.mustGoOn) this.#hasWork = true;
    this.#blocked.update(this.#streams.isBlocked, path.rtt.probeTimeoutMs, nowMs);
  }

  #sayBlocked(nowMs: number): void {
    if (this.#activePath?.carrier?.writable !== true) return;
    this.#streams.sayBlocked();
    this.#blocked.said(nowMs);
  }
}
