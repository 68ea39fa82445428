import { guardedLossShare, PacketGuard } from './packet-guard.ts';
import { PacketWriter } from './packet-writer.ts';
import { PARITY_OVERHEAD_BYTES } from './parity-writer.ts';
import { FRAME_CODES, type Frame } from './frame.ts';
import type { SentFrame } from './sent-frame.ts';
import type { SentPacket } from './sent-packets.ts';
import type { SessionPath } from './session-path.ts';
import type { SessionStreams } from './session-streams.ts';

/** Packets sent in one turn before the event loop gets its turn. */
const MAX_PACKETS_PER_TURN = 512;
const PING = Uint8Array.of(FRAME_CODES.ping);

/** Fills packets from a session's queue while its path allows, and knows what their fate means. */
export class PacketSender {
  readonly #streams: SessionStreams;
  readonly #paths: ReadonlyMap<number, SessionPath>;
  readonly #writer = new PacketWriter();
  readonly #guard = new PacketGuard();
  readonly #pong: (token: number, rttMs: number) => void;
  #dataAtMs = Number.POSITIVE_INFINITY;
  #mustGoOn = false;

  /** @param pong called when the PING with this token was acknowledged. */
  constructor(
    streams: SessionStreams,
    paths: ReadonlyMap<number, SessionPath>,
    pong: (token: number, rttMs: number) => void,
  ) {
    this.#streams = streams;
    this.#paths = paths;
    this.#pong = pong;
  }

  /** When {@link transmit} could send data that pacing holds back. */
  get dataAtMs(): number {
    return this.#dataAtMs;
  }

  /** True where the last turn ended before everything was sent that could be. */
  get mustGoOn(): boolean {
    return this.#mustGoOn;
  }

  /** Sends what is due and allowed on this path. */
  transmit(path: SessionPath, nowMs: number): void {
    const carrier = path.carrier;
    this.#dataAtMs = Number.POSITIVE_INFINITY;
    this.#mustGoOn = false;
    if (carrier === null) return;
    const { queue } = this.#streams;
    let sent = 0;
    while (carrier.writable) {
      if (sent === MAX_PACKETS_PER_TURN) {
        this.#mustGoOn = true;
        break;
      }
      const isAllowed = path.allowsData(nowMs);
      if (!isAllowed && queue.hasData) this.#dataAtMs = path.dataAtMs;
      // Packets sent while there is no data to fill them with say nothing about the path's bandwidth.
      if (isAllowed && !queue.hasData) path.markAppLimited();
      if (!this.#sendOne(path, isAllowed && queue.hasData, nowMs)) break;
      sent++;
    }
    if (!queue.hasData) path.parityWriter.settle(nowMs);
    if (sent === 0) return;
    path.probeMtu(nowMs);
    carrier.flush();
  }

  /**
   * Sends the parity of a group that is closed. It counts against window and pacing like data, but does not wait for
   * them: what it saves is a round trip from now.
   */
  sendParity(path: SessionPath, nowMs: number): void {
    const { carrier, parityWriter } = path;
    if (carrier?.writable !== true) parityWriter.clear();
    else if (nowMs >= parityWriter.dueAtMs && this.#closeGroup(path, nowMs)) carrier.flush();
  }

  /** Sends one packet that asks for an answer, whatever congestion control says. */
  probe(path: SessionPath, nowMs: number): void {
    const carrier = path.carrier;
    if (carrier === null) return;
    path.answers.probed(nowMs);
    if (!carrier.writable) return;
    if (!carrier.reliable) {
      for (const frame of path.sent.oldest?.frames ?? []) if (frame.type !== 'ping') this.#lostFrame(frame);
    }
    this.#streams.queue.once.push({ type: 'ping' });
    const mayBeTooLarge = path.mayBeTooLarge;
    this.#sendOne(path, true, nowMs);
    if (mayBeTooLarge) path.send(PING, [{ type: 'once' }], nowMs);
    carrier.flush();
  }

  /** Parity restored it at the peer, who takes no ACK out of such a packet: what that said is still to be said. */
  recovered(packet: SentPacket, nowMs: number): void {
    this.#delivered(
      packet,
      packet.frames.filter(({ type }) => type !== 'ack'),
      nowMs,
    );
  }

  acknowledged(packet: SentPacket, nowMs: number): void {
    this.#delivered(packet, packet.frames, nowMs);
  }

  /** Queues again what in the packet still matters. */
  readonly lost = (packet: SentPacket): void => {
    for (const frame of packet.frames) this.#lostFrame(frame);
  };

  #delivered(packet: SentPacket, frames: readonly SentFrame[], nowMs: number): void {
    for (const frame of frames) {
      switch (frame.type) {
        case 'data':
          frame.stream.dataAcknowledged(frame.data);
          break;
        case 'control':
          if (frame.stream === null) this.#streams.queue.meshFrameDelivered(frame.frame);
          else if (frame.frame.type === 'reset' || frame.frame.type === 'refused') frame.stream.endAcknowledged();
          break;
        case 'ack':
          this.#paths.get(frame.pathId)?.received.ackAcknowledged(frame.ranges);
          break;
        case 'repair':
          this.#paths.get(frame.pathId)?.received.missing.requestAcknowledged(frame.ranges);
          break;
        case 'ping':
          this.#pong(frame.token, nowMs - packet.sentAtMs);
          break;
        case 'open':
        case 'max-data':
        case 'max-streams':
        case 'max-stream-data':
        case 'once':
          break;
      }
    }
  }

  #lostFrame(frame: SentFrame): void {
    const { queue, set } = this.#streams;
    switch (frame.type) {
      case 'data':
        frame.stream.dataLost(frame.data);
        return;
      case 'open':
        if (set.get(frame.stream.id) === frame.stream && !queue.opens.includes(frame.stream)) {
          queue.opens.push(frame.stream);
        }
        return;
      case 'control': {
        // All bytes of a short stream may have arrived before its OPENED, which the peer waits for all the same.
        const { frame: lost, stream } = frame;
        const isOpen = stream !== null && (lost.type === 'opened' || set.get(stream.id) === stream);
        const isWanted = isOpen || (stream === null && queue.isMeshFrameWanted(lost));
        if (isWanted && !isQueued(queue.control, lost)) queue.control.push({ frame: lost, stream });
        return;
      }
      case 'max-data':
        queue.sessionCreditDue = true;
        return;
      case 'max-streams':
        queue.streamCountDue = true;
        return;
      case 'max-stream-data':
        if (set.get(frame.stream.id) === frame.stream) queue.streamCredits.add(frame.stream);
        return;
      case 'ping':
        if (!queue.pings.includes(frame.token)) queue.pings.push(frame.token);
        return;
      case 'ack':
      case 'repair': // asked again by whoever misses them
      case 'once':
        return;
    }
  }

  #sendOne(path: SessionPath, withData: boolean, nowMs: number): boolean {
    const fullBytes = path.maxPayloadBytes;
    const lossShare = withData || this.#streams.queue.control.length > 0 ? guardedLossShare(path) : 0;
    const isGuarded = lossShare > 0 && this.#guard.wants(this.#streams, fullBytes, nowMs);
    const maxBytes = isGuarded ? fullBytes - PARITY_OVERHEAD_BYTES : fullBytes;
    const payload = this.#writer.write(this.#streams, this.#paths, maxBytes, withData, nowMs, isGuarded);
    if (payload.length === 0) return false;
    const frames = this.#writer.takeFrames();
    if (isGuarded && frames !== null) {
      if (!path.parityWriter.takes(path.nextPacketNumber)) this.#closeGroup(path, nowMs);
      path.parityWriter.add(path.nextPacketNumber, payload, lossShare, path.rtt.srttMs, nowMs);
    } else if (lossShare > 0) this.#guard.unguarded(payload.length);
    path.send(payload, frames, nowMs);
    if (nowMs >= path.parityWriter.dueAtMs) this.#closeGroup(path, nowMs);
    return true;
  }

  #closeGroup(path: SessionPath, nowMs: number): boolean {
    const payloads = path.parityWriter.take(path.maxPayloadBytes);
    for (const payload of payloads) path.send(payload, [], nowMs);
    return payloads.length > 0;
  }
}

function isQueued(control: readonly { readonly frame: Frame }[], frame: Frame): boolean {
  return control.some((entry) => entry.frame === frame);
}
