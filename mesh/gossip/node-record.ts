import type { NodePosition } from '../../config/config.ts';
import type { NodeId } from '../../config/node-id.ts';
import { MAX_NAME_BYTES } from '../../config/node-name.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { readPosition, roundPosition, writePosition } from '../wire/position-bytes.ts';
import type { Sodium } from '../wire/sodium.ts';
import { KEY_BYTES, SIGNATURE_BYTES } from '../wire/sodium.ts';
import type { Credential } from './credential.ts';
import { encodeCredential, readCredential } from './credential.ts';
import type { NodeAddress } from './node-address.ts';
import { MAX_ADDRESSES, readNodeAddress, writeNodeAddress } from './node-address.ts';
import { signingInput } from './signing-input.ts';

/**
 * What the way in from outside is like, in the order of the numbers from 0: `public` has none in between, `easy` maps an
 * own port to one port whatever it sends to (full cone, port-restricted), `symmetric` to another for each destination.
 */
const NAT_CLASSES = ['unknown', 'public', 'easy', 'symmetric'] as const;

export type NatClass = (typeof NAT_CLASSES)[number];

/** A node that is about to leave: it serves what it has, and wants nothing new. */
export interface Draining {
  /** When it means to leave, in seconds since 1970, for people to read; null where it does not say. */
  readonly leavesAtS: number | null;
}

/** What a node says about itself. */
export interface NodeDescription {
  /** The current E, 32 bytes; servers name it so that a first flight can be sealed to them. */
  readonly ephemeralPublicKey: Uint8Array | null;
  readonly server: boolean;
  readonly draining: Draining | null;
  readonly natClass: NatClass;
  /** At most 63 bytes of UTF-8. Any character can be in it: escape it where it is shown. */
  readonly name: string;
  /** ISO 3166, two upper-case letters, or empty. */
  readonly country: string;
  /** Where it says that it is, kept in steps of 0.01 degrees; null where it does not. */
  readonly position: NodePosition | null;
  /** At most 32 bytes of ASCII, control characters included: escape them too. */
  readonly softwareVersion: string;
  /** At most {@link MAX_ADDRESSES}. */
  readonly addresses: readonly NodeAddress[];
}

/** Which of two records of one identity is newer: the higher incarnation, then the higher sequence. Both u32. */
export interface RecordVersion {
  readonly incarnation: number;
  readonly sequence: number;
}

/** A node's own, signed description (PROTOCOL section 2). */
export interface NodeRecord extends NodeDescription, RecordVersion {
  /** The credential's number. */
  readonly id: NodeId;
  readonly credential: Credential;
  /** The encoded record with its signature, as it is passed on. */
  readonly bytes: Uint8Array;
}

/** Bytes of the longest record that is read. */
export const MAX_RECORD_BYTES = 1_024;

const VERSION = 1;
const FLAG_EPHEMERAL_KEY = 1;
const FLAG_SERVER = 2;
const FLAG_DRAINING = 4;
const ALL_FLAGS = FLAG_EPHEMERAL_KEY | FLAG_SERVER | FLAG_DRAINING;
const MAX_SOFTWARE_VERSION_BYTES = 32;
const COUNTRY = /^[A-Z]{2}$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Below 0 where `a` is older than `b`, 0 where they are the same version, above 0 where it is newer. */
export function compareVersions(a: RecordVersion, b: RecordVersion): number {
  return a.incarnation - b.incarnation || a.sequence - b.sequence;
}

/**
 * Makes and signs a record:
 * ```
 * version u8 = 1 | credential | incarnation u32 | sequence u32 | flags u8 (1: E follows; 2: server; 4: draining) | [E 32]
 * | [leaves at u32] | NAT class u8 | name sized | country 2 | position | software version sized
 * | count u8 of addresses | addresses | signature 64
 * ```
 * Throws a RangeError where the description breaks a limit of {@link NodeDescription}.
 */
export function signNodeRecord(
  sodium: Sodium,
  identitySecretKey: Uint8Array,
  credential: Credential,
  version: RecordVersion,
  description: NodeDescription,
): NodeRecord {
  const name = new TextEncoder().encode(description.name);
  const softwareVersion = Buffer.from(description.softwareVersion, 'latin1');
  const { ephemeralPublicKey, draining, natClass, country, addresses } = description;
  const position = description.position && roundPosition(description.position);
  if (name.length > MAX_NAME_BYTES) throw new RangeError(`a name has at most ${MAX_NAME_BYTES} bytes`);
  if (softwareVersion.length > MAX_SOFTWARE_VERSION_BYTES || !isAscii(description.softwareVersion))
    throw new RangeError(`a software version is at most ${MAX_SOFTWARE_VERSION_BYTES} characters of ASCII`);
  if (country !== '' && !COUNTRY.test(country)) throw new RangeError('a country is two upper-case letters');
  if (addresses.length > MAX_ADDRESSES) throw new RangeError(`a record has at most ${MAX_ADDRESSES} addresses`);

  const writer = new ByteWriter(new Uint8Array(MAX_RECORD_BYTES))
    .u8(VERSION)
    .raw(encodeCredential(credential))
    .u32(version.incarnation)
    .u32(version.sequence)
    .u8(flagsOf(description))
    .raw(ephemeralPublicKey ?? new Uint8Array(0));
  if (draining !== null) writer.u32(draining.leavesAtS ?? 0);
  writer
    .u8(NAT_CLASSES.indexOf(natClass))
    .sized(name)
    .raw(country === '' ? Uint8Array.of(0, 0) : Buffer.from(country, 'latin1'));
  writePosition(writer, position);
  writer.sized(softwareVersion).u8(addresses.length);
  for (const address of addresses) writeNodeAddress(writer, address);
  writer.raw(sodium.sign(signingInput('uservpn 1 record', writer.written()), identitySecretKey));
  const { incarnation, sequence } = version;
  const id = credential.certificate.id;
  const bytes = writer.written().slice();
  return { ...description, position, id, credential, incarnation, sequence, addresses: [...addresses], bytes };
}

/** Reads exactly one record; null where anything is malformed, too long or left over. Nothing is verified. Copies what it keeps. */
export function decodeNodeRecord(bytes: Uint8Array): NodeRecord | null {
  if (bytes.length > MAX_RECORD_BYTES) return null;
  const reader = new ByteReader(bytes);
  if (reader.u8() !== VERSION) return null;
  const credential = readCredential(reader);
  const incarnation = reader.u32();
  const sequence = reader.u32();
  const flags = reader.u8();
  if (reader.failed || credential === null || flags > ALL_FLAGS) return null;
  const ephemeralPublicKey = (flags & FLAG_EPHEMERAL_KEY) === 0 ? null : new Uint8Array(reader.raw(KEY_BYTES));
  const draining = (flags & FLAG_DRAINING) === 0 ? null : { leavesAtS: reader.u32() || null };
  const natClass = NAT_CLASSES[reader.u8()];
  const name = readUtf8(reader.sized(MAX_NAME_BYTES));
  const country = readCountry(reader.raw(2));
  const position = readPosition(reader);
  const softwareVersion = Buffer.from(reader.sized(MAX_SOFTWARE_VERSION_BYTES)).toString('latin1');
  const count = reader.u8();
  if (reader.failed || name === null || country === null || !isAscii(softwareVersion)) return null;
  if (natClass === undefined || position === undefined || count > MAX_ADDRESSES) return null;
  const addresses: NodeAddress[] = [];
  for (let index = 0; index < count; index++) {
    const address = readNodeAddress(reader);
    if (address === null) return null;
    addresses.push(address);
  }
  if (reader.remaining !== SIGNATURE_BYTES) return null;
  return {
    id: credential.certificate.id,
    credential,
    incarnation,
    sequence,
    ephemeralPublicKey,
    server: (flags & FLAG_SERVER) !== 0,
    draining,
    natClass,
    name,
    country,
    position,
    softwareVersion,
    addresses,
    bytes: new Uint8Array(bytes),
  };
}

/** True where the identity in its credential signed it. The credential itself is for the membership to judge. */
export function verifyNodeRecord(sodium: Sodium, record: NodeRecord): boolean {
  const signedBytes = record.bytes.length - SIGNATURE_BYTES;
  return sodium.verify(
    record.bytes.subarray(signedBytes),
    signingInput('uservpn 1 record', record.bytes.subarray(0, signedBytes)),
    record.credential.binding.identity,
  );
}

function flagsOf({ ephemeralPublicKey, server, draining }: NodeDescription): number {
  const flags = (ephemeralPublicKey === null ? 0 : FLAG_EPHEMERAL_KEY) | (server ? FLAG_SERVER : 0);
  return draining === null ? flags : flags | FLAG_DRAINING;
}

function readUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

function readCountry(bytes: Uint8Array): string | null {
  const country = Buffer.from(bytes).toString('latin1');
  if (country === '\0\0') return '';
  return COUNTRY.test(country) ? country : null;
}

function isAscii(text: string): boolean {
  return [...text].every((character) => character <= '\x7f');
}
