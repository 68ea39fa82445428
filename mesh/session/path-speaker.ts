import { ByteWriter } from '../wire/byte-writer.ts';
import { encodeFrame } from './encode-frame.ts';
import { isEliciting } from './frame.ts';
import type { SentFrame } from './sent-frame.ts';
import type { SessionPath } from './session-path.ts';
import { MAX_ACK_BYTES, writeAck } from './write-ack.ts';

/** A few short frames, the longest of which is a TIME that answers. */
const MAX_OWN_BYTES = 88;
const MAX_OWN_FRAME_BYTES = 22;
/** Those, an ACK, and either a report of what parity restored or what another path received; no more than any link carries. */
const MAX_PAYLOAD_BYTES = 484;

/**
 * Sends what belongs on one path and no other: PINGs that measure it, answers to a CHALLENGE, and the acknowledgements of
 * a path that is not in use, so that its round trip is its own and not half that of another.
 */
export class PathSpeaker {
  readonly #writer = new ByteWriter(new Uint8Array(MAX_PAYLOAD_BYTES));

  /**
   * Sends what is due on this path, in at most one packet. It also says what came by `active`, the path in use: when that
   * is dead the peer may have heard nothing of it for a round trip, and would send all of it again.
   */
  speak(path: SessionPath, active: SessionPath | null, nowMs: number): void {
    const { carrier, received, ownFrames } = path;
    if (carrier === null || !carrier.writable) return;
    const mustAck = path.acksItself && received.isAckDue(nowMs);
    if (ownFrames.length === 0 && !mustAck) return;
    const writer = this.#writer;
    writer.offset = 0;
    const sent: SentFrame[] = [];
    let elicits = false;
    while (ownFrames.length > 0 && writer.offset + MAX_OWN_FRAME_BYTES <= MAX_OWN_BYTES) {
      const frame = ownFrames.shift()!;
      encodeFrame(writer, frame);
      elicits ||= isEliciting(frame);
      sent.push({ type: 'once' });
    }
    if (mustAck || (path.acksItself && received.hasNews)) {
      sent.push(writeAck(writer, path, MAX_PAYLOAD_BYTES - writer.offset, nowMs));
    }
    const hasRoom = MAX_PAYLOAD_BYTES - writer.offset >= MAX_ACK_BYTES;
    if (hasRoom && active !== null && active !== path && active.received.largest >= 0) {
      encodeFrame(writer, { type: 'ack', pathId: active.id, ...active.received.repeatAck(nowMs) });
    }
    path.send(writer.written(), elicits ? sent : null, nowMs);
    carrier.flush();
  }
}
