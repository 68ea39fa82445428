import type { RateSample } from './delivery-rate.ts';
import type { RttEstimator } from './rtt-estimator.ts';
import { WindowedMax } from './windowed-max.ts';

/** What the sender did since the last acknowledgement, for one step of the model. */
export interface AckSummary {
  readonly nowMs: number;
  readonly ackedBytes: number;
  readonly bytesInFlight: number;
  /** Bytes delivered on this path since it exists. */
  readonly deliveredBytes: number;
  /** {@link AckSummary.deliveredBytes} when the newest acknowledged packet was sent. */
  readonly deliveredAtSendBytes: number;
  readonly sample: RateSample | null;
}

type Phase = 'startup' | 'drain' | 'probe-bandwidth' | 'probe-rtt';

const STARTUP_GAIN = 2.77;
const CYCLE_GAINS = [1.25, 0.75, 1, 1, 1, 1, 1, 1] as const;
const BANDWIDTH_WINDOW_ROUNDS = 10;
const PROBE_RTT_INTERVAL_MS = 10_000;
const PROBE_RTT_DURATION_MS = 200;
const INITIAL_WINDOW_PACKETS = 32;
const MIN_WINDOW_PACKETS = 4;
/** For pacing before the first sample, in ms. */
const ASSUMED_RTT_MS = 20;
/** Loss above which a round counts as congested whatever the delay, and above which it does with a growing delay. */
const HARD_LOSS = 0.1;
const SOFT_LOSS = 0.02;

/**
 * How much of one datagram path may be in flight and how fast to send: a model of the bottleneck's bandwidth and
 * round-trip time in the manner of BBR (draft-cardwell-iccrg-bbr-congestion-control), with a tolerance for random
 * loss (PROTOCOL section 4).
 */
export class CongestionControl {
  readonly #rtt: RttEstimator;
  readonly #packetBytes: number;
  readonly #bandwidth = new WindowedMax(BANDWIDTH_WINDOW_ROUNDS);
  readonly #extraAcked = new WindowedMax(BANDWIDTH_WINDOW_ROUNDS);
  #phase: Phase = 'startup';
  #round = 0;
  #roundEndsAtBytes = 0;
  #lostInRoundBytes = 0;
  #ackedInRoundBytes = 0;
  #fullBandwidth = 0;
  #flatRounds = 0;
  #cycleIndex = 2;
  #cycleStartedAtMs = 0;
  #probeRttEndsAtMs = 0;
  #inflightHighBytes = Number.POSITIVE_INFINITY;
  #aggregationStartMs = 0;
  #aggregatedBytes = 0;

  /** @param packetBytes the size of a full packet on the link. */
  constructor(rtt: RttEstimator, packetBytes: number) {
    this.#rtt = rtt;
    this.#packetBytes = packetBytes;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The bottleneck's bandwidth as estimated, in bytes per ms, or 0 before the first sample. */
  get bandwidthBytesPerMs(): number {
    return this.#bandwidth.value;
  }

  /** The pacing rate in bytes per ms. */
  get pacingBytesPerMs(): number {
    const rttMs = Math.max(1, this.#rtt.hasSample ? this.#rtt.srttMs : ASSUMED_RTT_MS);
    const rate = this.#pacingGain * this.#bandwidth.value;
    // Until the path is known, what little was sent so far says nothing about how fast it is.
    if (this.#phase === 'startup') return Math.max(rate, (STARTUP_GAIN * this.#initialBytes) / rttMs);
    return Math.max(rate, this.#packetBytes / rttMs);
  }

  /** The most bytes that may be in flight, given the pacer's burst at the current rate. */
  windowBytes(burstBytes: number): number {
    const least = MIN_WINDOW_PACKETS * this.#packetBytes;
    const bdp = this.#bdpBytes();
    const initial = this.#initialBytes;
    if (bdp === 0) return initial;
    if (this.#phase === 'probe-rtt') return Math.max(least, bdp / 2);
    const gain = this.#phase === 'startup' ? STARTUP_GAIN : 2;
    const window = gain * bdp + 3 * burstBytes + this.#extraAcked.value;
    const floor = this.#phase === 'startup' ? initial : least;
    return Math.max(floor, Math.min(window, this.#inflightHighBytes));
  }

  /** Counts packets that the receiver asked to repair. */
  onLost(bytes: number): void {
    this.#lostInRoundBytes += bytes;
  }

  /** One step for each received ACK that acknowledged something new. */
  onAck(ack: AckSummary): void {
    const isNewRound = ack.deliveredAtSendBytes >= this.#roundEndsAtBytes;
    this.#ackedInRoundBytes += ack.ackedBytes;
    if (isNewRound) {
      this.#round++;
      this.#roundEndsAtBytes = ack.deliveredBytes;
    }
    if (ack.sample !== null && (!ack.sample.isAppLimited || ack.sample.bytesPerMs > this.#bandwidth.value)) {
      this.#bandwidth.update(ack.sample.bytesPerMs, this.#round);
    }
    this.#trackAggregation(ack);
    if (isNewRound) this.#endRound(ack);
    this.#advancePhase(ack);
  }

  #endRound(ack: AckSummary): void {
    const lossShare = this.#lostInRoundBytes / Math.max(1, this.#lostInRoundBytes + this.#ackedInRoundBytes);
    const isQueueing = this.#rtt.srttMs > 1.25 * this.#rtt.minMs + 10;
    const enough = this.#lostInRoundBytes >= 4 * this.#packetBytes;
    const isCongested = enough && (lossShare > HARD_LOSS || (lossShare > SOFT_LOSS && isQueueing));
    this.#lostInRoundBytes = 0;
    this.#ackedInRoundBytes = 0;
    if (this.#phase === 'startup') this.#judgeStartup(ack, isCongested && isQueueing);
    else if (isCongested && this.#phase === 'probe-bandwidth') {
      const reference = Math.min(this.#inflightHighBytes, Math.max(ack.bytesInFlight, this.#bdpBytes()));
      this.#inflightHighBytes = Math.max(0.7 * reference, MIN_WINDOW_PACKETS * this.#packetBytes);
    }
  }

  #judgeStartup(ack: AckSummary, isCongested: boolean): void {
    const bandwidth = this.#bandwidth.value;
    if (bandwidth >= this.#fullBandwidth * 1.25) {
      this.#fullBandwidth = bandwidth;
      this.#flatRounds = 0;
    } else if (ack.sample !== null && !ack.sample.isAppLimited) {
      this.#flatRounds++;
    }
    if (this.#flatRounds >= 3 || isCongested) this.#phase = 'drain';
  }

  #advancePhase(ack: AckSummary): void {
    const { nowMs } = ack;
    switch (this.#phase) {
      case 'startup':
        return;
      case 'drain':
        if (ack.bytesInFlight <= this.#bdpBytes()) this.#enterProbeBandwidth(nowMs);
        return;
      case 'probe-rtt':
        if (nowMs >= this.#probeRttEndsAtMs) this.#enterProbeBandwidth(nowMs);
        return;
      case 'probe-bandwidth':
        if (nowMs - this.#rtt.minAtMs > PROBE_RTT_INTERVAL_MS && ack.sample !== null && !ack.sample.isAppLimited) {
          this.#phase = 'probe-rtt';
          this.#rtt.renewMin();
          this.#probeRttEndsAtMs = nowMs + PROBE_RTT_DURATION_MS + this.#rtt.minMs;
          return;
        }
        this.#advanceCycle(ack);
    }
  }

  #advanceCycle(ack: AckSummary): void {
    const elapsedMs = ack.nowMs - this.#cycleStartedAtMs;
    const gain = CYCLE_GAINS[this.#cycleIndex]!;
    const isOver = elapsedMs > this.#rtt.minMs;
    if (gain > 1) {
      // Probing also regrows the bound that congestion set.
      this.#inflightHighBytes += ack.ackedBytes;
      if (!isOver || (ack.bytesInFlight < gain * this.#bdpBytes() && elapsedMs < 3 * this.#rtt.minMs)) return;
    } else if (gain < 1) {
      if (!isOver && ack.bytesInFlight > this.#bdpBytes()) return;
    } else if (!isOver) {
      return;
    }
    this.#cycleIndex = (this.#cycleIndex + 1) % CYCLE_GAINS.length;
    this.#cycleStartedAtMs = ack.nowMs;
  }

  #enterProbeBandwidth(nowMs: number): void {
    this.#phase = 'probe-bandwidth';
    this.#cycleIndex = 2;
    this.#cycleStartedAtMs = nowMs;
  }

  /** Links that deliver acknowledgements in clumps need more in flight than 2 BDP to stay busy. */
  #trackAggregation(ack: AckSummary): void {
    const expectedBytes = this.#bandwidth.value * (ack.nowMs - this.#aggregationStartMs);
    if (this.#aggregatedBytes <= expectedBytes) {
      this.#aggregationStartMs = ack.nowMs;
      this.#aggregatedBytes = 0;
    }
    this.#aggregatedBytes += ack.ackedBytes;
    const extraBytes = this.#aggregatedBytes - this.#bandwidth.value * (ack.nowMs - this.#aggregationStartMs);
    this.#extraAcked.update(Math.min(Math.max(0, extraBytes), this.#bdpBytes()), this.#round);
  }

  get #initialBytes(): number {
    return INITIAL_WINDOW_PACKETS * this.#packetBytes;
  }

  #bdpBytes(): number {
    return this.#rtt.hasSample ? this.#bandwidth.value * Math.max(this.#rtt.minMs, 0.1) : 0;
  }

  get #pacingGain(): number {
    switch (this.#phase) {
      case 'startup':
        return STARTUP_GAIN;
      case 'drain':
        return 1 / STARTUP_GAIN;
      case 'probe-rtt':
        return 1;
      case 'probe-bandwidth':
        return CYCLE_GAINS[this.#cycleIndex]!;
    }
  }
}
