import { AckAggregation } from './ack-aggregation.ts';
import { RandomLoss } from './random-loss.ts';
import type { AckSummary, RateControl } from './rate-control.ts';
import type { RttEstimator } from './rtt-estimator.ts';
import { UnexplainedDelay } from './unexplained-delay.ts';
import { WindowedMax } from './windowed-max.ts';

type Phase = 'startup' | 'drain' | 'probe-bandwidth' | 'probe-rtt';

const STARTUP_GAIN = 2.77;
const CYCLE_GAINS = [1.25, 0.75, 1, 1, 1, 1, 1, 1] as const;
const DOWN_INDEX = 1;
const CRUISE_INDEX = 2;
const BANDWIDTH_WINDOW_ROUNDS = 10;
const PROBE_RTT_INTERVAL_MS = 10_000;
const PROBE_RTT_DURATION_MS = 200;
/** Delay that nothing explains for so long is looked into. */
const UNEXPLAINED_MS = 1_000;
const INITIAL_WINDOW_PACKETS = 32;
const MIN_WINDOW_PACKETS = 4;
/** For pacing before the first sample, in ms. */
const ASSUMED_RTT_MS = 20;
/** Loss beyond the random share that says, in a flat round of the start, that the bottleneck's queue is full. */
const EXCESS_LOSS = 0.25;
/** Flat rounds that end the start: with a growing delay or excess loss, and without. */
const SURE_FLAT_ROUNDS = 1;
const FLAT_ROUNDS = 3;
/**
 * How long every ACK must come late to end the start, in ms and in round trips (after HyStart++, RFC 9406 section 4.2):
 * what a busy machine held up comes late too, but all at once.
 */
const LATE_MS = 20;
const LATE_ROUND_TRIPS = 1 / 4;
/** How much slower than estimated it goes while rounds wait in a queue: per such round, at most, and back per other round. */
const TRIM_STEP = 0.03;
const MAX_TRIM = 0.2;
const UNTRIM_STEP = 0.01;
/** Growth of the bandwidth in one probe, of the quarter that it tries, that says the estimate was far too low. */
const SURPRISE = 1.15;
/** Rounds without a further attempt to drain a queue that lowering the own rate did not shorten. */
const FOREIGN_QUEUE_ROUNDS = 10;

/**
 * How much of one datagram path may be in flight and how fast to send: a model of the bottleneck's bandwidth and
 * round-trip time in the manner of BBR (draft-cardwell-iccrg-bbr-congestion-control), which random loss leaves alone:
 * what counts is whether the delay grows and whether sending less loses less (PROTOCOL section 4).
 */
export class CongestionControl implements RateControl {
  readonly #rtt: RttEstimator;
  readonly #packetBytes: number;
  readonly #initialBytes: number;
  readonly #bandwidth = new WindowedMax(BANDWIDTH_WINDOW_ROUNDS);
  readonly #aggregation = new AckAggregation();
  readonly #randomLoss = new RandomLoss();
  readonly #unexplained = new UnexplainedDelay();
  #phase: Phase = 'startup';
  #round = 0;
  /** Rounds in which the path was what limited the sender: only these make an older estimate old. */
  #loadedRounds = 0;
  #roundEndsAtBytes = 0;
  #lostInRoundBytes = 0;
  #ackedInRoundBytes = 0;
  #roundMinRttMs = Number.POSITIVE_INFINITY;
  #isRoundAppLimited = false;
  #lateSinceMs = Number.POSITIVE_INFINITY;
  #fullBandwidth = 0;
  #flatRounds = 0;
  #cycleIndex = CRUISE_INDEX;
  #cycleStartedAtMs = 0;
  #forcedDownRound = Number.NEGATIVE_INFINITY;
  #patientUntilRound = 0;
  #trim = 0;
  #bandwidthBeforeProbe = 0;
  #minRttSeenAtMs = 0;
  #probeRttEndsAtMs = 0;
  #isProbeDeep = false;

  /** @param packetBytes the size of a full packet on the link. */
  constructor(rtt: RttEstimator, packetBytes: number) {
    this.#rtt = rtt;
    this.#packetBytes = packetBytes;
    this.#initialBytes = INITIAL_WINDOW_PACKETS * packetBytes;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isStarting(): boolean {
    return this.#phase === 'startup';
  }

  /**
   * The rate that keeps the bottleneck busy, as estimated, in bytes per ms, or 0 before the first sample: what was
   * delivered and what is lost on the way whatever the rate.
   */
  get bandwidthBytesPerMs(): number {
    return this.#bandwidth.value / (1 - this.#randomLoss.share);
  }

  /** The pacing rate in bytes per ms. */
  get pacingBytesPerMs(): number {
    const rttMs = Math.max(1, this.#rtt.hasSample ? this.#rtt.srttMs : ASSUMED_RTT_MS);
    const rate = this.#pacingGain * this.bandwidthBytesPerMs;
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
    if (this.#phase === 'probe-rtt') return this.#isProbeDeep ? least : Math.max(least, bdp / 2);
    const gain = this.#phase === 'startup' ? STARTUP_GAIN : 2;
    const window = gain * bdp + 3 * burstBytes + this.#aggregation.extraBytes;
    return Math.max(this.#phase === 'startup' ? initial : least, window);
  }

  /** Counts a packet that the receiver asked to repair. */
  onLost(bytes: number, sentAtMs: number): void {
    this.#lostInRoundBytes += bytes;
    this.#randomLoss.count(bytes, sentAtMs, true);
  }

  /** Counts an acknowledged packet; {@link onAck} follows for all packets of an ACK together. */
  onDelivered(bytes: number, sentAtMs: number): void {
    this.#randomLoss.count(bytes, sentAtMs, false);
  }

  /** One step for each received ACK that acknowledged something new. */
  onAck(ack: AckSummary): void {
    const isNewRound = ack.deliveredAtSendBytes >= this.#roundEndsAtBytes;
    this.#ackedInRoundBytes += ack.ackedBytes;
    const { latestMs, minMs } = this.#rtt;
    this.#roundMinRttMs = Math.min(this.#roundMinRttMs, latestMs);
    if (latestMs <= minMs + Math.max(1, minMs / 16)) this.#minRttSeenAtMs = ack.nowMs;
    this.#unexplained.update(latestMs, minMs, ack.nowMs);
    if (isNewRound) {
      this.#round++;
      this.#roundEndsAtBytes = ack.deliveredBytes;
    }
    if (ack.sample !== null && (!ack.sample.isAppLimited || ack.sample.bytesPerMs > this.#bandwidth.value)) {
      this.#bandwidth.update(ack.sample.bytesPerMs, this.#loadedRounds);
    }
    this.#isRoundAppLimited ||= ack.sample?.isAppLimited === true;
    this.#aggregation.acked(ack.ackedBytes, this.#bandwidth.value, this.#bdpBytes(), this.#round, ack.nowMs);
    // What comes late while little was to be sent waited in a queue of others: the peer's acknowledgements in its own.
    if (ack.sample?.isAppLimited === true) this.#lateSinceMs = Number.POSITIVE_INFINITY;
    else if (this.#phase === 'startup') this.#watchDelay(latestMs, ack.nowMs);
    if (isNewRound) this.#endRound(ack);
    this.#advancePhase(ack);
  }

  /** In the start the rate doubles each round trip, so a queue is a matter of one; do not wait for the round's end. */
  #watchDelay(latestMs: number, nowMs: number): void {
    const { minMs } = this.#rtt;
    if (latestMs <= minMs + Math.max(8, minMs / 16)) this.#lateSinceMs = Number.POSITIVE_INFINITY;
    else this.#lateSinceMs = Math.min(this.#lateSinceMs, nowMs);
  }

  #endRound(ack: AckSummary): void {
    const lossShare = this.#lostInRoundBytes / Math.max(1, this.#lostInRoundBytes + this.#ackedInRoundBytes);
    const enough = this.#lostInRoundBytes >= 4 * this.#packetBytes;
    const isExcess = enough && lossShare > this.#randomLoss.share + EXCESS_LOSS;
    const isQueueing = this.#roundMinRttMs > this.#rtt.minMs + Math.max(8, this.#rtt.minMs / 8);
    this.#lostInRoundBytes = 0;
    this.#ackedInRoundBytes = 0;
    this.#roundMinRttMs = Number.POSITIVE_INFINITY;
    const isAppLimited = this.#isRoundAppLimited;
    this.#isRoundAppLimited = false;
    if (!isAppLimited) this.#loadedRounds++;
    if (this.#phase === 'startup') this.#judgeStartup(ack.nowMs, isAppLimited, isExcess || isQueueing);
    else if (this.#phase !== 'probe-bandwidth' || this.#cycleIndex < CRUISE_INDEX) return;
    else if (isQueueing) this.#shortenQueue(ack.nowMs);
    else this.#trim = Math.max(0, this.#trim - UNTRIM_STEP);
  }

  #judgeStartup(nowMs: number, isAppLimited: boolean, isFull: boolean): void {
    const bandwidth = this.#bandwidth.value;
    if (bandwidth >= this.#fullBandwidth * 1.25) {
      this.#fullBandwidth = bandwidth;
      this.#flatRounds = 0;
    } else if (!isAppLimited) {
      this.#flatRounds++;
    }
    if (this.#flatRounds >= (isFull ? SURE_FLAT_ROUNDS : FLAT_ROUNDS)) this.#enterDrain(nowMs);
  }

  /** A round whose every packet waited: the bandwidth was overestimated, or others queue. */
  #shortenQueue(nowMs: number): void {
    this.#trim = Math.min(MAX_TRIM, this.#trim + TRIM_STEP);
    if (this.#round < this.#patientUntilRound) return;
    if (this.#round - this.#forcedDownRound <= 3) {
      this.#patientUntilRound = this.#round + FOREIGN_QUEUE_ROUNDS;
      return;
    }
    this.#forcedDownRound = this.#round;
    this.#startCycle(DOWN_INDEX, nowMs);
  }

  #advancePhase(ack: AckSummary): void {
    const { nowMs } = ack;
    switch (this.#phase) {
      case 'startup':
        if (nowMs - this.#lateSinceMs >= Math.max(LATE_MS, LATE_ROUND_TRIPS * this.#rtt.minMs)) this.#enterDrain(nowMs);
        return;
      case 'drain':
        if (ack.bytesInFlight <= this.#bdpBytes()) this.#enterProbeBandwidth(nowMs);
        return;
      case 'probe-rtt':
        if (nowMs >= this.#probeRttEndsAtMs) this.#endProbeRtt(nowMs);
        return;
      case 'probe-bandwidth': {
        const isDeep = this.#unexplained.lasts(UNEXPLAINED_MS, nowMs);
        const isDue = isDeep || nowMs - this.#minRttSeenAtMs > PROBE_RTT_INTERVAL_MS;
        if (isDue && ack.sample !== null && !ack.sample.isAppLimited) this.#enterProbeRtt(nowMs, isDeep);
        else this.#advanceCycle(ack);
      }
    }
  }

  /** `isDeep`: with next to nothing in flight, which tells another path from a queue of the own making. */
  #enterProbeRtt(nowMs: number, isDeep: boolean): void {
    this.#phase = 'probe-rtt';
    this.#isProbeDeep = isDeep;
    this.#minRttSeenAtMs = nowMs;
    this.#probeRttEndsAtMs = nowMs + PROBE_RTT_DURATION_MS + (isDeep ? this.#rtt.latestMs : this.#rtt.minMs);
    if (!isDeep) this.#rtt.renewMin();
  }

  #endProbeRtt(nowMs: number): void {
    if (this.#isProbeDeep && this.#unexplained.lasts(PROBE_RTT_DURATION_MS, nowMs)) this.#rtt.renewMin();
    this.#enterProbeBandwidth(nowMs);
  }

  #advanceCycle(ack: AckSummary): void {
    const elapsedMs = ack.nowMs - this.#cycleStartedAtMs;
    const gain = CYCLE_GAINS[this.#cycleIndex]!;
    const isOver = elapsedMs > this.#rtt.minMs;
    if (gain > 1) {
      if (!isOver || (ack.bytesInFlight < gain * this.#bdpBytes() && elapsedMs < 3 * this.#rtt.minMs)) return;
      if (this.#bandwidth.value > SURPRISE * this.#bandwidthBeforeProbe) {
        this.#enterStartup();
        return;
      }
    } else if (gain < 1) {
      if (!isOver && ack.bytesInFlight > this.#bdpBytes()) return;
    } else if (!isOver) {
      return;
    }
    this.#startCycle((this.#cycleIndex + 1) % CYCLE_GAINS.length, ack.nowMs);
  }

  #startCycle(index: number, nowMs: number): void {
    this.#cycleIndex = index;
    this.#cycleStartedAtMs = nowMs;
    if (index === 0) this.#bandwidthBeforeProbe = this.#bandwidth.value;
    if (index === DOWN_INDEX) this.#randomLoss.calmBegan(nowMs);
    else this.#randomLoss.calmEnded(nowMs);
  }

  /** The path is faster than was thought: finding out how much by a quarter each eight rounds would take too long. */
  #enterStartup(): void {
    this.#phase = 'startup';
    this.#fullBandwidth = this.#bandwidth.value;
    this.#flatRounds = 0;
    this.#trim = 0;
    this.#lateSinceMs = Number.POSITIVE_INFINITY;
  }

  #enterDrain(nowMs: number): void {
    this.#phase = 'drain';
    this.#randomLoss.calmBegan(nowMs);
  }

  #enterProbeBandwidth(nowMs: number): void {
    this.#phase = 'probe-bandwidth';
    this.#startCycle(CRUISE_INDEX, nowMs);
  }

  #bdpBytes(): number {
    return this.#rtt.hasSample ? this.bandwidthBytesPerMs * Math.max(this.#rtt.minMs, 0.1) : 0;
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
        return this.#cycleIndex < CRUISE_INDEX ? CYCLE_GAINS[this.#cycleIndex]! : 1 - this.#trim;
    }
  }
}
