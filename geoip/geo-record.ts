import { parseCountryCode } from '../config/country-code.ts';
import { countryCentroid } from './country-centroids.ts';
import { readPosition, type Position } from './position.ts';

/** Where something is, as far as known. */
export interface GeoRecord {
  /** ISO 3166-1 alpha-2, in capitals; null where not known. */
  readonly country: string | null;
  readonly position: Position | null;
  /** The autonomous system's number; null where not known. */
  readonly asn: number | null;
  /** How near the position is: a city or the like, the middle of a country, or none. */
  readonly precision: 'place' | 'country' | 'none';
}

const MAX_ASN = 0xffff_ffff;

/** What an operator declares of a node. Without a position the country's middle counts. */
export function declaredRecord(country: string | null, position: Position | null): GeoRecord {
  return withCentroid(country, position, null);
}

/**
 * Reads a record of a database. The nested schema is MaxMind's and DB-IP's (`country.iso_code`, `location.latitude`),
 * the flat one IPinfo's and others' (`country_code` or `country`, `latitude` or `lat`); numbers may be text. Null where
 * it tells nothing.
 */
export function readGeoRecord(record: unknown): GeoRecord | null {
  const country =
    readCountry(at(record, 'country', 'iso_code')) ??
    readCountry(at(record, 'country_code')) ??
    readCountry(at(record, 'country')) ??
    readCountry(at(record, 'registered_country', 'iso_code'));
  const position =
    readPosition(at(record, 'location', 'latitude'), at(record, 'location', 'longitude')) ??
    readPosition(at(record, 'latitude'), at(record, 'longitude')) ??
    readPosition(at(record, 'lat'), at(record, 'lng') ?? at(record, 'lon'));
  const asn = readAsn(at(record, 'autonomous_system_number')) ?? readAsn(at(record, 'asn'));
  return country === null && position === null && asn === null ? null : withCentroid(country, position, asn);
}

function withCentroid(country: string | null, position: Position | null, asn: number | null): GeoRecord {
  if (position !== null) return { country, position, asn, precision: 'place' };
  const centroid = country === null ? null : countryCentroid(country);
  return { country, position: centroid, asn, precision: centroid === null ? 'none' : 'country' };
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

function readCountry(value: unknown): string | null {
  if (typeof value !== 'string' || value.length !== 2) return null;
  const code = parseCountryCode(value.toUpperCase());
  return typeof code === 'string' ? code : null;
}

/** Also as `AS64500`. */
function readAsn(value: unknown): number | null {
  const number =
    typeof value === 'string' && /^(?:AS)?\d{1,10}$/i.test(value) ? Number(value.replace(/^AS/i, '')) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) return null;
  return number > 0 && number <= MAX_ASN ? number : null;
}
