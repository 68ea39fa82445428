import { rateControlOf } from './fixed-rate.ts';
import type { RateControl } from './rate-control.ts';
import { DeliveryRate } from './delivery-rate.ts';
import { FRAME_CODES, type Frame, type PacketRange } from './frame.ts';
import type { PacketCarrier } from './packet-carrier.ts';
import { LossShare } from './loss-share.ts';
import { PathAnswers } from './path-answers.ts';
import { type PathMtu, pathMtuOf, type PathMtuState } from './path-mtu.ts';
import { Pacer } from './pacer.ts';
import { ParityReader } from './parity-reader.ts';
import { ParityWriter } from './parity-writer.ts';
import { ReceivedPackets } from './received-packets.ts';
import { ReliableRate } from './reliable-rate.ts';
import { RttEstimator } from './rtt-estimator.ts';
import type { SentFrame } from './sent-frame.ts';
import { type SentPacket, SentPackets } from './sent-packets.ts';

/** A packet that this many probe timeouts later ones have overtaken is lost, whatever the receiver asked for. */
const OVERTAKEN_PROBE_TIMEOUTS = 3;
/** A packet that has no room for more than this is full, in bytes. */
const FULL_BUT_BYTES = 32;

type PacketFate = (packet: SentPacket) => void;

/** One path of a session: its packet numbers, what is in flight, round-trip time and congestion state. */
export class SessionPath {
  readonly id: number;
  readonly rtt = new RttEstimator();
  readonly sent = new SentPackets();
  readonly answers = new PathAnswers(this.rtt, this.sent);
  readonly received = new ReceivedPackets(this.rtt);
  readonly parityWriter: ParityWriter;
  readonly parityReader = new ParityReader(this.received);
  /** Frames that are to be sent on this path and no other. */
  readonly ownFrames: Frame[] = [];
  /** Not the one in use: what arrives on it is acknowledged on it, and not beside what is sent by another. */
  acksItself = false;
  /** When what was in flight on it, and it not in use, was given up first since it answered last. */
  strayedAtMs = Number.NEGATIVE_INFINITY;
  /** When it was last asked for an answer, to know whether it could take over. */
  askedAtMs = Number.NEGATIVE_INFINITY;
  /** What of the own packets was lost. */
  outgoingLoss = new LossShare();
  #delivery = new DeliveryRate();
  readonly #sendBytesPerMs: number | null;
  #congestion: RateControl;
  #pacer: Pacer;
  #carrier: PacketCarrier | null = null;
  #reliableRate = new ReliableRate();
  #nextPacketNumber = 0;
  #pacedUntilMs = Number.NEGATIVE_INFINITY;
  /** Null on a reliable link. */
  #mtu: PathMtu | null = null;
  #isSendingFull = false;

  /** @param sendBytesPerMs a fixed rate, or null. */
  constructor(id: number, carrier: PacketCarrier, sendBytesPerMs: number | null = null) {
    this.id = id;
    this.#sendBytesPerMs = sendBytesPerMs;
    this.parityWriter = new ParityWriter(id);
    this.#congestion = rateControlOf(this.rtt, 0, sendBytesPerMs);
    this.#pacer = new Pacer(0);
    this.attach(carrier);
  }

  /** The link below, or null once it is gone. */
  get carrier(): PacketCarrier | null {
    return this.#carrier;
  }

  get congestion(): RateControl {
    return this.#congestion;
  }

  /** Puts the path onto a link. Packet numbers go on where they were; what was learned of an earlier link is forgotten. */
  attach(carrier: PacketCarrier): void {
    const packetBytes = carrier.maxPayloadBytes + carrier.overheadBytes;
    this.#carrier = carrier;
    this.rtt.restart();
    this.outgoingLoss = new LossShare();
    this.parityWriter.clear();
    this.#reliableRate = new ReliableRate();
    this.received.restart(!carrier.reliable);
    this.#delivery = new DeliveryRate();
    this.#congestion = rateControlOf(this.rtt, packetBytes, this.#sendBytesPerMs);
    this.#pacer = new Pacer(packetBytes);
    this.#mtu = carrier.reliable ? null : pathMtuOf(carrier);
    this.answers.restart();
    this.strayedAtMs = Number.NEGATIVE_INFINITY;
    this.askedAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * The path is the one in use from now on. What little it carried beside another until now came in bursts, whose rate says
   * nothing: nearly three times that would fill the queues on the way at once.
   */
  takeOver(): void {
    if (this.#carrier === null || !this.#congestion.isStarting) return;
    this.#congestion = rateControlOf(this.rtt, this.maxMessageBytes, this.#sendBytesPerMs);
  }

  /** The link is gone. Calls back with each packet that was in flight on it. */
  detach(callback: PacketFate): void {
    this.#carrier = null;
    // A hostile peer must not fill every path id with what only a live path needs.
    this.received.restart(false);
    this.parityReader.clear();
    this.ownFrames.length = 0;
    this.sent.takeAll(callback);
  }

  /** Whether there are relays on the way. */
  get isRelayed(): boolean {
    return this.#carrier !== null && this.#carrier.relayCount > 0;
  }

  /** The most payload for the next packet, in bytes. */
  get maxPayloadBytes(): number {
    const carrier = this.#carrier;
    if (carrier === null) return 0;
    if (!carrier.reliable) return carrier.maxPayloadBytes;
    return Math.min(carrier.maxPayloadBytes, this.#reliableRate.packetBytes);
  }

  /** The longest message that the link carries, as far as that is known, in bytes; 0 without one. */
  get maxMessageBytes(): number {
    return this.#carrier === null ? 0 : this.#carrier.maxPayloadBytes + this.#carrier.overheadBytes;
  }

  /** How that came about: null where there is nothing to find out. */
  get mtuState(): PathMtuState | null {
    return this.#mtu?.state ?? null;
  }

  /** True where what is unanswered might be too large for the path: a small packet beside a tail probe tells. */
  get mayBeTooLarge(): boolean {
    const oldest = this.sent.oldest;
    return this.#mtu !== null && oldest !== null && oldest.bytes > this.#mtu.fallbackBytes;
  }

  /** To be called after packets were sent: tries a larger one, where that is due and full packets are being sent. */
  probeMtu(nowMs: number): void {
    const carrier = this.#carrier;
    const bytes = this.#isSendingFull ? this.#mtu?.probeBytes(nowMs) : null;
    this.#isSendingFull = false;
    if (carrier === null || !carrier.writable || bytes === null || bytes === undefined) return;
    // PING and PADDING. It is not among what is in flight: its loss says nothing but its size (RFC 8899 section 3).
    const payload = new Uint8Array(bytes - carrier.overheadBytes);
    payload[0] = FRAME_CODES.ping;
    this.#mtu?.probeSent(this.#nextPacketNumber, bytes, nowMs);
    this.#pacer.spend(bytes);
    carrier.flush();
    carrier.send(this.#nextPacketNumber++, payload);
    carrier.flush();
  }

  /** True where congestion control, pacing and the link allow one more full packet of data now. */
  allowsData(nowMs: number): boolean {
    const carrier = this.#carrier;
    if (carrier === null || !carrier.writable) return false;
    if (carrier.reliable) return true;
    const rate = this.#congestion.pacingBytesPerMs;
    const packetBytes = carrier.maxPayloadBytes + carrier.overheadBytes;
    const windowBytes = this.#congestion.windowBytes(this.#pacer.burstBytes(rate));
    if (this.sent.bytesInFlight + packetBytes > windowBytes) {
      this.#pacedUntilMs = Number.POSITIVE_INFINITY; // an acknowledgement makes room, not time
      return false;
    }
    if (this.#pacer.allows(rate, nowMs)) return true;
    this.#pacedUntilMs = this.#pacer.readyAtMs(rate);
    return false;
  }

  /** True where the link and congestion control allow one more packet now that waits for no pacing: help is urgent, and little. */
  get allowsHelp(): boolean {
    const carrier = this.#carrier;
    if (carrier === null || !carrier.writable) return false;
    const windowBytes = this.#congestion.windowBytes(this.#pacer.burstBytes(this.#congestion.pacingBytesPerMs));
    return this.sent.bytesInFlight + carrier.maxPayloadBytes + carrier.overheadBytes <= windowBytes;
  }

  /** How fast data goes out, as far as that is known, in bytes per ms. */
  get sendBytesPerMs(): number {
    return this.#carrier?.reliable === true ? this.#reliableRate.bytesPerMs : this.#congestion.pacingBytesPerMs;
  }

  /** After {@link allowsData} said no: when time alone may change that. */
  get dataAtMs(): number {
    return this.#carrier !== null && this.#carrier.writable ? this.#pacedUntilMs : Number.POSITIVE_INFINITY;
  }

  /** The number that the next packet gets. */
  get nextPacketNumber(): number {
    return this.#nextPacketNumber;
  }

  /** Seals and sends a payload. `frames` is null where the packet elicits no acknowledgement. */
  send(payload: Uint8Array, frames: readonly SentFrame[] | null, nowMs: number): void {
    const carrier = this.#carrier!;
    const packetNumber = this.#nextPacketNumber++;
    const bytes = payload.length + carrier.overheadBytes;
    if (frames !== null) {
      this.#isSendingFull ||= payload.length > carrier.maxPayloadBytes - FULL_BUT_BYTES;
      this.answers.sending(nowMs);
      const snapshot = this.#delivery.snapshot(nowMs, this.sent.bytesInFlight);
      // Field by field: a copy with `...` costs as much as all the rest of this.
      this.sent.add({
        packetNumber,
        sentAtMs: nowMs,
        bytes,
        frames,
        deliveredBytes: snapshot.deliveredBytes,
        deliveredAtMs: snapshot.deliveredAtMs,
        firstSentAtMs: snapshot.firstSentAtMs,
        isAppLimited: snapshot.isAppLimited,
      });
      if (!carrier.reliable) this.#pacer.spend(bytes);
    }
    carrier.send(packetNumber, payload);
  }

  /** The sender ran out of data while more would have been allowed. */
  markAppLimited(): void {
    this.#delivery.markAppLimited(this.sent.bytesInFlight);
  }

  /**
   * Takes an ACK. Calls back with each packet that it acknowledges for the first time, and with each that is given up:
   * neither acknowledged nor asked for again, long after later ones were. `isHere`: it came by this path; what came by
   * another says nothing of this one's round trip, nor that it works.
   */
  acknowledge(
    ranges: readonly PacketRange[],
    ackDelayMs: number,
    nowMs: number,
    acknowledged: PacketFate,
    lost: PacketFate,
    isHere = true,
  ): void {
    let newest: SentPacket | null = null;
    let ackedBytes = 0;
    this.#mtu?.acknowledged(ranges, this.rtt.probeTimeoutMs, nowMs);
    this.sent.take(ranges, (packet) => {
      if (newest === null || packet.packetNumber > newest.packetNumber) newest = packet;
      ackedBytes += packet.bytes;
      this.outgoingLoss.count(1, 0);
      this.#delivery.delivered(packet, nowMs);
      this.#congestion.onDelivered(packet.bytes, packet.sentAtMs);
      this.#mtu?.packetAcknowledged(packet);
      acknowledged(packet);
    });
    this.#followMtu(lost);
    const packet = newest as SentPacket | null;
    if (packet === null) return;
    if (isHere) this.answers.progressed(nowMs);
    if (isHere && packet.packetNumber === ranges[0]!.last) this.rtt.update(nowMs - packet.sentAtMs, ackDelayMs, nowMs);
    this.sent.takeSentBefore(packet.sentAtMs - OVERTAKEN_PROBE_TIMEOUTS * this.rtt.probeTimeoutMs, (old) => {
      this.#mtu?.packetLost(old);
      lost(old);
    });
    if (this.#carrier?.reliable !== false) {
      this.#reliableRate.update(this.#delivery.sample(packet)?.bytesPerMs ?? 0, nowMs);
      return;
    }
    this.#congestion.onAck({
      nowMs,
      ackedBytes,
      bytesInFlight: this.sent.bytesInFlight,
      deliveredBytes: this.#delivery.deliveredBytes,
      deliveredAtSendBytes: packet.deliveredBytes,
      sample: this.#delivery.sample(packet),
    });
  }

  /** Takes a REPAIR or a RECOVERED, which names packets. Others turn out to be too large then: lost even where those were restored. */
  repair(ranges: readonly PacketRange[], named: PacketFate, lost = named): void {
    this.sent.take(ranges, (packet) => {
      this.#congestion.onLost(packet.bytes, packet.sentAtMs);
      this.outgoingLoss.count(1, 1);
      this.#mtu?.packetLost(packet);
      named(packet);
    });
    this.#mtu?.repaired(ranges);
    this.#followMtu(lost);
  }

  /** Uses the size that is known to pass now. Calls back with each packet in flight that is too large for it. */
  #followMtu(lost: PacketFate): void {
    const mtu = this.#mtu;
    const carrier = this.#carrier;
    if (mtu === null || carrier === null) return;
    const isSmaller = mtu.fallBack(this.rtt.srttMs, this.#nextPacketNumber);
    carrier.maxPayloadBytes = mtu.messageBytes - carrier.overheadBytes;
    if (isSmaller) this.sent.takeLarger(mtu.messageBytes, lost);
  }
}
