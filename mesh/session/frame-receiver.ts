import type { Frame } from './frame.ts';
import { FramePieces } from './frame-pieces.ts';
import type { PacketSender } from './packet-sender.ts';
import type { SentPacket } from './sent-packets.ts';
import type { MeshFrame } from './session-event.ts';
import type { SessionPaths } from './session-paths.ts';
import type { SessionStreams } from './session-streams.ts';

/** Takes each frame that arrived to whom it concerns: the streams, a path, or the mesh around the session. */
export class FrameReceiver {
  readonly #streams: SessionStreams;
  readonly #paths: SessionPaths;
  readonly #sender: PacketSender;
  readonly #pieces = new FramePieces();
  #peerActiveAtMs = Number.NEGATIVE_INFINITY;

  constructor(streams: SessionStreams, paths: SessionPaths, sender: PacketSender) {
    this.#streams = streams;
    this.#paths = paths;
    this.#sender = sender;
  }

  /** When the peer last sent something about a stream; -Infinity where it never did. */
  get peerActiveAtMs(): number {
    return this.#peerActiveAtMs;
  }

  /** Takes a frame that came by this path, valid within the call; one that is not the session's business is added to `meshFrames`. */
  receive(frame: Frame, pathId: number, meshFrames: MeshFrame[], nowMs: number): void {
    switch (frame.type) {
      case 'data':
      case 'open':
      case 'opened':
      case 'refused':
      case 'reset':
      case 'stop':
      case 'max-stream-data':
        this.#streams.receive(frame);
        this.#peerActiveAtMs = nowMs;
        this.#paths.used(nowMs);
        return;
      case 'ack': {
        const acknowledged = (packet: SentPacket): void => this.#sender.acknowledged(packet, nowMs);
        const isHere = frame.pathId === pathId;
        this.#paths.all
          .get(frame.pathId)
          ?.acknowledge(frame.ranges, frame.delayMs, nowMs, acknowledged, this.#sender.lost, isHere);
        return;
      }
      case 'repair':
        this.#paths.all.get(frame.pathId)?.repair(frame.ranges, this.#sender.lost);
        return;
      case 'recovered': {
        const recovered = (packet: SentPacket): void => this.#sender.recovered(packet, nowMs);
        this.#paths.all.get(frame.pathId)?.repair(frame.ranges, recovered, this.#sender.lost);
        return;
      }
      case 'max-data':
        this.#streams.receiveSessionCredit(frame.bytes);
        return;
      case 'max-streams':
        this.#streams.receiveStreamCount(frame.count);
        return;
      case 'blocked':
        this.#streams.receiveBlocked(frame.streamId);
        return;
      case 'ping':
      case 'guarded':
      case 'parity':
      case 'hello': // level 0 only, as is the next; the decoder lets none through
      case 'challenge':
        return;
      case 'piece': {
        const whole = this.#pieces.receive(frame);
        if (whole !== null) meshFrames.push(whole);
        return;
      }
      case 'response':
      case 'observed':
      case 'records':
      case 'digest':
      case 'want':
      case 'table':
      case 'lost':
      case 'unreachable':
      case 'goodbye':
      case 'time':
      case 'witness':
      case 'oob':
      case 'punch':
        meshFrames.push(frame);
    }
  }
}
