import { decodeFrames } from './decode-frames.ts';
import type { Frame } from './frame.ts';
import type { ParityReader, RecoveredPacket } from './parity-reader.ts';
import type { SessionPath } from './session-path.ts';

const NO_FRAMES: readonly Frame[] = [];

/**
 * Shows a packet that was noted as received to the parity of its path, or of the path it names. Returns the frames of
 * what that restores: without ACKs, which say nothing about time any more, and which later ones repeat.
 */
export function recoverPackets(
  paths: ReadonlyMap<number, SessionPath>,
  path: SessionPath,
  packetNumber: number,
  payload: Uint8Array,
  frames: readonly Frame[],
): readonly Frame[] {
  if (!frames.some(concernsParity)) return NO_FRAMES;
  const recovered: RecoveredPacket[] = [];
  // Once, however often it says so: a payload of nothing but GUARDED would be copied for each of its bytes.
  if (frames.some(({ type }) => type === 'guarded')) {
    recovered.push(...(readerOf(path)?.guarded(packetNumber, payload) ?? []));
  }
  for (const frame of frames) {
    if (frame.type === 'parity') recovered.push(...(readerOf(paths.get(frame.pathId))?.parity(frame) ?? []));
  }
  return recovered
    .flatMap((packet) => decodeFrames(packet.payload, 2) ?? [])
    .filter(({ type }) => type !== 'ack' && type !== 'parity');
}

function concernsParity({ type }: Frame): boolean {
  return type === 'guarded' || type === 'parity';
}

/** Only datagram links have parity. Packets still come on a path that was left, and are not worth keeping. */
function readerOf(path: SessionPath | undefined): ParityReader | null {
  return path?.carrier?.reliable === false ? path.parityReader : null;
}
