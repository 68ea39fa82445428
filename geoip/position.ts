/** A place on the Earth, in degrees: north and east are positive. */
export interface Position {
  /** -90 to 90. */
  readonly latitude: number;
  /** -180 to 180. */
  readonly longitude: number;
}

const EARTH_RADIUS_KM = 6_371;

/** The way over the Earth's surface (haversine; a ball is good to half a percent), in km. */
export function distanceKm(a: Position, b: Position): number {
  const radians = Math.PI / 180;
  const half = (from: number, to: number): number => Math.sin(((to - from) * radians) / 2) ** 2;
  const h =
    half(a.latitude, b.latitude) +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * half(a.longitude, b.longitude);
  // Rounding may lift antipodes above 1.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, h)));
}

/**
 * A position out of two values of a database, numbers or decimal text; null where they are none, or both zero: that is
 * how databases spell that they don't know.
 */
export function readPosition(latitude: unknown, longitude: unknown): Position | null {
  const position = { latitude: degrees(latitude, 90), longitude: degrees(longitude, 180) };
  if (!isKnown(position)) return null;
  return position.latitude === 0 && position.longitude === 0 ? null : position;
}

function isKnown(position: { readonly [key in keyof Position]: number | null }): position is Position {
  return position.latitude !== null && position.longitude !== null;
}

function degrees(value: unknown, limit: number): number | null {
  const isText = typeof value === 'string' && /^[+-]?\d{1,3}(?:\.\d{1,20})?$/.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= limit ? number : null;
}
