import { guardedLossShare, PacketGuard } from './packet-guard.ts';
import { PacketWriter } from './packet-writer.ts';
import { FRAME_CODES, type Frame } from './frame.ts';
import { DEFAULT_PORTION } from './portion.ts';
import { RelayedSender } from './relayed-sender.ts';
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
  /** What goes by way of other nodes beside the path in use. */
  readonly relayed: RelayedSender;
  readonly #pong: (token: number, rttMs: number) => void;
  #dataAtMs = Number.POSITIVE_INFINITY;
  #mustGoOn = false;

  /** @param pong called when the PING with this token was acknowledged. */
  constructor(
    streams: SessionStreams,
    paths: ReadonlyMap<number, SessionPath>,
    pong: (token: number, rttMs: number) => void,
    portion = DEFAULT_PORTION,
  ) {
    this.relayed = new RelayedSender(streams, this.#writer, portion);
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
    const { relayed } = this;
    let sent = 0;
    relayed.begin(path, nowMs);
    this.#guard.begin();
    while (carrier.writable) {
      if (sent === MAX_PACKETS_PER_TURN) {
        this.#mustGoOn = true;
        break;
      }
      const isFree = relayed.alternate === null || !queue.hasData || relayed.sendData(path, nowMs);
      const isAllowed = isFree && path.allowsData(nowMs);
      if (!isAllowed && queue.hasData) this.#dataAtMs = isFree ? path.dataAtMs : relayed.alternate!.dataAtMs;
      // Packets sent while there is no data to fill them with say nothing about the path's bandwidth.
      if (isAllowed && !queue.hasData) path.markAppLimited();
      if (!this.#sendOne(path, isAllowed && queue.hasData, nowMs)) break;
      sent++;
    }
    if (!queue.hasData) {
      path.parityWriter.settle(nowMs);
      if (path.parityWriter.members === 0) relayed.settle(path, nowMs);
    }
    relayed.flush(nowMs);
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
    else if (nowMs >= parityWriter.dueAtMs && this.#closeGroup(path, nowMs)) {
      carrier.flush();
      this.relayed.flush(nowMs);
    }
  }

  /** Sends one packet that asks for an answer, whatever congestion control says. */
  probe(path: SessionPath, nowMs: number): void {
    const carrier = path.carrier;
    if (carrier === null) return;
    path.answers.probed(nowMs);
    if (!carrier.writable) return;
    if (!carrier.reliable) {
      // What another path delivered meanwhile matters no more: the oldest that does is sent again.
      const { queue } = this.#streams;
      path.sent.findOldest(({ frames }) => {
        for (const frame of frames) if (frame.type !== 'ping') this.#lostFrame(frame);
        return queue.hasData || queue.hasControl;
      });
    }
    this.#streams.queue.once.push({ type: 'ping' });
    const mayBeTooLarge = path.mayBeTooLarge;
    this.#guard.begin();
    this.#sendOne(path, true, nowMs, true);
    this.relayed.flush(nowMs);
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

  #delivered(packet: Pick<SentPacket, 'sentAtMs'>, frames: readonly SentFrame[], nowMs: number): void {
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
        case 'copy':
          this.#delivered(packet, [frame.frame], nowMs);
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
        queue.addPing(frame.token);
        return;
      case 'ack':
      case 'repair': // asked again by whoever misses them
      case 'copy':
      case 'once':
        return;
    }
  }

  #sendOne(path: SessionPath, withData: boolean, nowMs: number, isUrgent = false): boolean {
    const fullBytes = path.maxPayloadBytes;
    const lossShare = withData || this.#streams.queue.control.length > 0 ? guardedLossShare(path) : 0;
    const { relayed } = this;
    const mayGuard = lossShare > 0 || (relayed.helps && path.carrier?.reliable === false);
    const isGuarded = mayGuard && this.#guard.wants(this.#streams, fullBytes, nowMs);
    const maxBytes = isGuarded ? relayed.maxGuardedBytes(fullBytes) : fullBytes;
    const payload = this.#writer.write(this.#streams, this.#paths, maxBytes, withData, nowMs, isGuarded);
    if (payload.length === 0) return false;
    const frames = this.#writer.takeFrames();
    if (isGuarded && frames !== null) {
      if (!path.parityWriter.takes(path.nextPacketNumber)) this.#closeGroup(path, nowMs);
      const { parityWriter, nextPacketNumber, rtt } = path;
      parityWriter.add(nextPacketNumber, payload, lossShare, rtt.srttMs, nowMs, relayed.mostSpareRows);
    } else if (mayGuard) this.#guard.unguarded(payload.length);
    const { hasUserData, hasRepairs } = this.#writer;
    path.send(payload, frames, nowMs);
    if (hasUserData) relayed.count(path, payload.length + path.carrier!.overheadBytes, nowMs);
    if (relayed.helps && frames !== null) relayed.sent(path, frames, isUrgent || hasRepairs, nowMs);
    if (nowMs >= path.parityWriter.dueAtMs) this.#closeGroup(path, nowMs);
    return true;
  }

  #closeGroup(path: SessionPath, nowMs: number): boolean {
    const { parityWriter } = path;
    const { members, ownRows, parityBytes } = parityWriter;
    const spareRows = this.relayed.spareRows(members, parityBytes, ownRows > 0);
    const payloads = parityWriter.take(path.maxPayloadBytes, spareRows);
    for (const [row, payload] of payloads.entries()) {
      if (row >= ownRows) {
        this.relayed.sendParity(payload, nowMs);
        continue;
      }
      path.send(payload, [], nowMs);
      this.relayed.count(path, payload.length + path.carrier!.overheadBytes, nowMs);
    }
    if (!this.#streams.queue.hasData) this.relayed.settle(path, nowMs);
    return payloads.length > 0;
  }
}

function isQueued(control: readonly { readonly frame: Frame }[], frame: Frame): boolean {
  return control.some((entry) => entry.frame === frame);
}
