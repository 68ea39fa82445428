import { CongestionControl } from './congestion-control.ts';
import type { RateControl } from './rate-control.ts';
import type { RttEstimator } from './rtt-estimator.ts';

/** Acknowledgements and repairs may be late by so much, in ms, without holding the rate back. */
const PATIENCE_MS = 200;

/** Sends at one rate whatever gets lost, for links that need force: what is lost is no reason to send less. */
export class FixedRate implements RateControl {
  readonly isStarting = false;
  readonly pacingBytesPerMs: number;
  readonly #rtt: RttEstimator;

  /** @param bytesPerMs the rate, of packets as they are on the link. */
  constructor(rtt: RttEstimator, bytesPerMs: number) {
    this.#rtt = rtt;
    this.pacingBytesPerMs = bytesPerMs;
  }

  /** Two round trips of the rate: a repair takes one more than a packet. */
  windowBytes(burstBytes: number): number {
    return this.pacingBytesPerMs * (2 * this.#rtt.srttMs + PATIENCE_MS) + burstBytes;
  }

  onDelivered(): void {
    // The rate depends on nothing.
  }

  onLost(): void {
    // Nor on this.
  }

  onAck(): void {
    // Nor on this.
  }
}

/** What controls a path's rate: congestion control, or a fixed rate where one is given, in bytes per ms. */
export function rateControlOf(rtt: RttEstimator, packetBytes: number, bytesPerMs: number | null): RateControl {
  return bytesPerMs === null ? new CongestionControl(rtt, packetBytes) : new FixedRate(rtt, bytesPerMs);
}
