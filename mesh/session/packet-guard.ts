import type { SessionPath } from './session-path.ts';
import type { SessionStreams } from './session-streams.ts';

/** Losses below this share are left to repairs. */
const LEAST_LOSS_SHARE = 0.003;
/** As long as fewer packets of the own direction were counted, the other one's losses are the better guess. */
const ENOUGH_PACKETS = 512;
/** The part of a stream that is guarded, in bytes. */
const GUARDED_STREAM_BYTES = 131_072;
/** Beyond that the ends of bursts are guarded for an eighth of what was sent, or 1 KB a second, up to 16 KB at once. */
const TAIL_BUDGET_SHARE = 1 / 8;
const TAIL_BUDGET_BYTES_PER_MS = 1;
const MAX_TAIL_BUDGET_BYTES = 16_384;
/** So many packets of a bulk transfer are not looked at one by one, where more than this is left, in bytes: another path may take some. */
const MAX_SURELY_BULK = 32;
const BULK_RESERVE_BYTES = 98_304;

/** The share of packets that the path loses as far as parity is concerned: 0 where it should have none. */
export function guardedLossShare({ carrier, outgoingLoss, received }: SessionPath): number {
  if (carrier === null || carrier.reliable) return 0;
  const own = outgoingLoss.share;
  const share = outgoingLoss.packets < ENOUGH_PACKETS ? Math.max(own, received.loss.share) : own;
  return share < LEAST_LOSS_SHARE ? 0 : share;
}

/** Decides which packets carry parity: the starts of streams, and the last packets before there is nothing to send. */
export class PacketGuard {
  #tailBudgetBytes = MAX_TAIL_BUDGET_BYTES;
  #updatedAtMs = 0;
  /** So many packets of this turn are from the middle of the only stream that sends. */
  #surelyBulk = 0;

  /** A turn begins: there may be other things to send than in the last one. */
  begin(): void {
    this.#surelyBulk = 0;
  }

  /** To be asked before the next packet of a lossy path is filled. */
  wants(streams: SessionStreams, maxBytes: number, nowMs: number): boolean {
    if (this.#surelyBulk > 0) {
      this.#surelyBulk--;
      return false;
    }
    const { queue } = streams;
    if (queue.opens.length > 0 || queue.control.some(({ stream }) => stream !== null)) return true;
    const stream = queue.nextStream(streams.sendableBytes > 0);
    if (stream === null) return false;
    if (stream.sending.firstOffset < GUARDED_STREAM_BYTES) return true;
    const isAlone = queue.waitingStreams === 1;
    const isTail = isAlone && stream.sending.unsentBytes <= maxBytes;
    if (!isTail) {
      // Nothing else comes up within a turn.
      const spareBytes = stream.sending.unsentBytes - BULK_RESERVE_BYTES;
      if (isAlone) this.#surelyBulk = Math.min(MAX_SURELY_BULK, Math.floor(spareBytes / maxBytes));
      return false;
    }
    this.#earn((nowMs - this.#updatedAtMs) * TAIL_BUDGET_BYTES_PER_MS);
    this.#updatedAtMs = nowMs;
    const bytes = Math.min(maxBytes, stream.sending.unsentBytes) + 64;
    if (bytes > this.#tailBudgetBytes) return false;
    this.#tailBudgetBytes -= bytes;
    return true;
  }

  /** Notes a packet of a lossy path that is not guarded. */
  unguarded(bytes: number): void {
    this.#earn(bytes * TAIL_BUDGET_SHARE);
  }

  #earn(bytes: number): void {
    this.#tailBudgetBytes = Math.min(MAX_TAIL_BUDGET_BYTES, this.#tailBudgetBytes + bytes);
  }
}
