import type { MeasureMessage } from './transport.ts';

/** As many bytes of a message tell its length (PROTOCOL section 1). */
export const HEADER_BYTES = 64;

/** The largest message there can be: header, payload of 65,535 bytes, waste of 255. */
export const MAX_MESSAGE_BYTES = HEADER_BYTES + 65_535 + 255;

/** The largest message without waste, which is what a stream carries, in bytes. */
export const STREAM_MESSAGE_BYTES = HEADER_BYTES + 65_535;

/**
 * How long the message at `offset` is, in bytes, or 0 where none starts there or its header is not there as a whole. The
 * length is within the protocol's limits whatever `measure` says, so that it may size buffers.
 */
export function messageLength(measure: MeasureMessage, bytes: Uint8Array, offset: number): number {
  if (offset + HEADER_BYTES > bytes.length) return 0;
  const messageBytes = measure(bytes, offset);
  return messageBytes >= HEADER_BYTES && messageBytes <= MAX_MESSAGE_BYTES ? messageBytes : 0;
}
