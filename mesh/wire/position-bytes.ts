import type { NodePosition } from '../../config/config.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** The most that a position takes. */
export const MAX_POSITION_BYTES = 1 + 2 + 2;

const HUNDREDTHS = 100;
const MAX_LATITUDE = 90;
const MAX_LONGITUDE = 180;

/**
 * Writes `u8 0` for null, else `u8 1 | latitude + 90 u16 | longitude + 180 u16`, in 1/100 degree (PROTOCOL sections 2 and
 * 4). What is beyond the poles or the date line is put onto them.
 */
export function writePosition(writer: ByteWriter, position: NodePosition | null): void {
  if (position === null) writer.u8(0);
  else writer.u8(1).u16(hundredths(position.latitude, MAX_LATITUDE)).u16(hundredths(position.longitude, MAX_LONGITUDE));
}

/** Reads a position; undefined where it is malformed. Where the reader has failed the result means nothing. */
export function readPosition(reader: ByteReader): NodePosition | null | undefined {
  const hasPosition = reader.u8();
  if (hasPosition > 1) return undefined;
  if (hasPosition === 0) return null;
  const latitude = reader.u16();
  const longitude = reader.u16();
  if (latitude > 2 * MAX_LATITUDE * HUNDREDTHS || longitude > 2 * MAX_LONGITUDE * HUNDREDTHS) return undefined;
  return { latitude: degrees(latitude, MAX_LATITUDE), longitude: degrees(longitude, MAX_LONGITUDE) };
}

/** The position as it arrives after it was written: in steps of 0.01 degrees. */
export function roundPosition({ latitude, longitude }: NodePosition): NodePosition {
  return {
    latitude: degrees(hundredths(latitude, MAX_LATITUDE), MAX_LATITUDE),
    longitude: degrees(hundredths(longitude, MAX_LONGITUDE), MAX_LONGITUDE),
  };
}

/** Degrees from -limit to limit as hundredths of a degree from 0 up. */
function hundredths(value: number, limit: number): number {
  return Math.round((Math.min(limit, Math.max(-limit, value)) + limit) * HUNDREDTHS);
}

function degrees(value: number, limit: number): number {
  return (value - limit * HUNDREDTHS) / HUNDREDTHS;
}
