import { CopyWriter } from './copy-writer.ts';
import type { PacketWriter } from './packet-writer.ts';
import { MAX_PARITY_MEMBERS, MAX_PARITY_ROWS } from './parity-code.ts';
import { PARITY_OVERHEAD_BYTES } from './parity-writer.ts';
import { Portion, type PortionSettings } from './portion.ts';
import type { SentFrame } from './sent-frame.ts';
import type { SessionPath } from './session-path.ts';
import type { SessionStreams } from './session-streams.ts';

/** Rows of parity that a group gets by the other way at least: more members than this are worth two where packets get lost. */
const FEW_MEMBERS = 4;

/**
 * Sends what goes by way of other nodes while the path in use is another (PROTOCOL section 7): rows of parity, copies of
 * repairs and of what was sent last, and data where that costs nothing.
 */
export class RelayedSender {
  readonly portion: Portion;
  /** A way over other nodes that lives, beside the path in use; or null. To be kept up to date. */
  alternate: SessionPath | null = null;
  readonly #streams: SessionStreams;
  readonly #writer: PacketWriter;
  readonly #copies = new CopyWriter();
  /** Whether anything was sent in this turn, and more would have been but for congestion control. */
  #isUsed = false;
  #isFull = false;
  /** What was sent up to here on which path needs no copies. */
  #copiedPath: SessionPath | null = null;
  #copiedUpTo = -1;

  constructor(streams: SessionStreams, writer: PacketWriter, settings: PortionSettings) {
    this.#streams = streams;
    this.#writer = writer;
    this.portion = new Portion(settings);
  }

  /** Whether copies and parity go by the other way. */
  get helps(): boolean {
    return this.alternate !== null && this.portion.share > 0 && !this.portion.isSplit;
  }

  /** How long a guarded packet of this path may be, in bytes: parity over it is longer, and has to pass everywhere. */
  maxGuardedBytes(maxPayloadBytes: number): number {
    const { alternate } = this;
    const limit = this.helps ? Math.min(maxPayloadBytes, alternate!.maxPayloadBytes) : maxPayloadBytes;
    return limit - PARITY_OVERHEAD_BYTES;
  }

  /** Rows that a group may get beside those of its own path, to be told as it begins. */
  get mostSpareRows(): number {
    if (!this.helps) return 0;
    const { share } = this.portion;
    return Math.min(MAX_PARITY_ROWS, Math.max(2, Math.ceil((MAX_PARITY_MEMBERS * share) / (1 - share))));
  }

  /** Rows for a group that is closed now. */
  spareRows(members: number, parityBytes: number, isLossy: boolean): number {
    const { alternate, portion } = this;
    if (!this.helps || parityBytes > alternate!.maxPayloadBytes) return 0;
    const rowBytes = (parityBytes + alternate!.carrier!.overheadBytes) * (1 - portion.share);
    const helpfulRows = isLossy && members > FEW_MEMBERS ? 2 : 1;
    return Math.max(portion.mayHelp ? helpfulRows : 0, Math.ceil(portion.owedBytes / rowBytes));
  }

  /** Counts a packet of another path. */
  count(path: SessionPath, bytes: number, nowMs: number): void {
    this.portion.count(bytes, path.isRelayed, this.alternate !== null, nowMs);
  }

  /** Before the first packet of a turn. */
  begin(active: SessionPath, nowMs: number): void {
    if (this.alternate !== null && this.#streams.queue.hasData) this.portion.flows(active.sendBytesPerMs, nowMs);
  }

  /** Sends the data that is due by the other way. False where what the path in use would send has to wait for that. */
  sendData(active: SessionPath, nowMs: number): boolean {
    const { alternate, portion } = this;
    if (alternate === null || portion.share === 0) return true;
    const { queue } = this.#streams;
    const packetBytes = active.maxPayloadBytes + active.carrier!.overheadBytes;
    while (portion.isDue(packetBytes) && queue.hasData) {
      const hasCredit = this.#streams.sendableBytes > 0;
      const stream = portion.isSplit ? null : portion.streamFor(queue, hasCredit, active, alternate, nowMs);
      if (stream === null && !portion.isSplit) break;
      if (!alternate.allowsData(nowMs)) {
        this.#isFull = true;
        return !portion.isSplit;
      }
      const payload = this.#writer.writeData(this.#streams, alternate.maxPayloadBytes, stream);
      if (payload.length === 0) break;
      this.#send(alternate, payload, this.#writer.takeFrames()!, nowMs);
    }
    return true;
  }

  /** Nothing is left to send on the path in use: copies of what was sent last make up for what is owed. */
  settle(active: SessionPath, nowMs: number): void {
    const { portion } = this;
    if (!this.helps) return;
    portion.paused(nowMs);
    if (portion.owedBytes <= 0) return;
    const downTo = this.#copiedPath === active ? this.#copiedUpTo : -1;
    this.#copiedPath = active;
    this.#copiedUpTo = active.nextPacketNumber - 1;
    active.sent.findNewest(({ packetNumber, frames }) => {
      if (packetNumber <= downTo) return true;
      this.copy(frames, nowMs);
      return portion.owedBytes <= 0;
    });
    if (!this.alternate!.allowsHelp) portion.forgive();
  }

  /** A packet went by the path in use: where it repairs something it goes by the other way, too, as where that is overdue. */
  sent(active: SessionPath, frames: readonly SentFrame[], isRepair: boolean, nowMs: number): void {
    const { portion } = this;
    if (isRepair ? !portion.mayHelp : !portion.isOverdue) return;
    this.copy(frames, nowMs);
    this.#copiedPath = active;
    this.#copiedUpTo = active.nextPacketNumber - 1;
  }

  /** Sends what a packet said about streams by the other way, too. */
  copy(frames: readonly SentFrame[], nowMs: number): void {
    const { alternate } = this;
    if (!this.helps) return;
    this.#copies.begin(frames);
    while (alternate!.allowsHelp) {
      const payload = this.#copies.next(alternate!.maxPayloadBytes);
      if (payload.length === 0) return;
      this.#send(alternate!, payload, this.#copies.takeFrames(), nowMs);
    }
  }

  /** Sends a row of parity of a group of the path in use. */
  sendParity(payload: Uint8Array, nowMs: number): void {
    const { alternate } = this;
    if (alternate?.allowsHelp === true) this.#send(alternate, payload, [], nowMs);
  }

  /** The turn is over. */
  flush(nowMs: number): void {
    const { alternate } = this;
    if (alternate === null || !this.#isUsed) return;
    this.#isUsed = false;
    // Most of the time it would carry more than it is given: such packets say nothing about its bandwidth.
    if (!this.#isFull) alternate.markAppLimited();
    this.portion.watch(alternate.outgoingLoss.share, nowMs);
    this.#isFull = false;
    alternate.probeMtu(nowMs);
    alternate.carrier?.flush();
  }

  #send(alternate: SessionPath, payload: Uint8Array, frames: readonly SentFrame[], nowMs: number): void {
    this.portion.count(payload.length + alternate.carrier!.overheadBytes, true, true, nowMs);
    alternate.send(payload, frames, nowMs);
    this.#isUsed = true;
  }
}
