import type { RateSample } from './delivery-rate.ts';

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

/** What decides how fast one datagram path is used, and how much of it may be in flight. */
export interface RateControl {
  /** Whether the path's rate is still looked for, by sending more and more. */
  readonly isStarting: boolean;
  /** The pacing rate in bytes per ms. */
  readonly pacingBytesPerMs: number;
  /** The most bytes that may be in flight, given the pacer's burst at the current rate. */
  windowBytes(burstBytes: number): number;
  /** Counts a packet that arrived. */
  onDelivered(bytes: number, sentAtMs: number): void;
  /** Counts a packet that the receiver asked to repair. */
  onLost(bytes: number, sentAtMs: number): void;
  /** One step for each received ACK that acknowledged something new. */
  onAck(ack: AckSummary): void;
}
