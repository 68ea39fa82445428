import type { KnownServer } from './config.ts';
import { crc32 } from './crc32.ts';
import { decodeEndpoint, encodeEndpoint } from './endpoint-bytes.ts';
import type { Endpoint } from './endpoint.ts';
import { decodeBase64url, formatKeyText, KEY_BYTES } from './key-text.ts';
import { parseNodeId, type NodeId } from './node-id.ts';
import { MAX_NAME_BYTES, parseNodeName } from './node-name.ts';
import { isFailure, type ParseFailure } from './parse-failure.ts';

/** What a node needs to join a network. Secret: whoever has it first takes the number. */
export interface InviteLink {
  readonly id: NodeId;
  /** At most 63 bytes of UTF-8. */
  readonly name: string;
  /** 32 bytes, secret. */
  readonly networkKey: Uint8Array;
  /** Ed25519 public key, 32 bytes. */
  readonly adminPublicKey: Uint8Array;
  /** 107 bytes (PROTOCOL §2). It alone says what the admin granted: compare `id` and `expiresSeconds` with it. */
  readonly certificate: Uint8Array;
  /** Ed25519 seed of the one-time key in the certificate, 32 bytes, secret. */
  readonly oneTimeSeed: Uint8Array;
  /** Seconds since 1970, 0 for never. */
  readonly expiresSeconds: number;
  /** At most 16 with 8 addresses each. */
  readonly servers: readonly KnownServer[];
}

/** What every link starts with. */
export const INVITE_PREFIX = 'uservpn://join/';

/** Length of a certificate in bytes (PROTOCOL §2). */
const CERTIFICATE_BYTES = 107;

/** Longest link, in characters. */
export const MAX_LINK_CHARACTERS = 4_096;

const MAX_SERVERS = 16;
const MAX_SERVER_ADDRESSES = 8;

/*
 * The link is the prefix and base64url of:
 *
 *   0  version u8 = 1        1  id u8              2  network key, 32       34  admin public key, 32
 *  66  certificate, 107    173  one-time seed, 32  205  expires u32          209  name length u8, name (UTF-8)
 *      server count u8, for each: id u8, address count u8 (1 to 8), endpoints (endpoint-bytes.ts)
 *      CRC-32 of all before, u32
 *
 * The checksum stays the last four bytes in every version, so that a damaged link is told apart from a newer one.
 */
const VERSION = 1;
const CRC_BYTES = 4;
const NAME_OFFSET = 2 + 2 * KEY_BYTES + CERTIFICATE_BYTES + KEY_BYTES + 4;

const DAMAGED = { error: 'the link is cut off or mistyped; copy it again in full' } as const;
const INVALID = { error: 'the link is not valid; ask for a new invite' } as const;

/** The link, about 330 characters with one server; an error where it would be too long or something does not belong. */
export function formatInviteLink(invite: InviteLink): string | ParseFailure {
  const name = parseNodeName(invite.name);
  if (isFailure(name)) return { error: `the name ${name.error}` };
  const fields = [invite.networkKey, invite.adminPublicKey, invite.certificate, invite.oneTimeSeed];
  const fieldBytes = [KEY_BYTES, KEY_BYTES, CERTIFICATE_BYTES, KEY_BYTES];
  if (fields.some((field, index) => field.length !== fieldBytes[index]) || !isU32(invite.expiresSeconds)) {
    return { error: 'a key, the certificate or the expiry of this invite has the wrong length' };
  }
  const servers = encodeServers(invite.servers);
  if (isFailure(servers)) return servers;
  const nameBytes = new TextEncoder().encode(name);
  const head = [VERSION, invite.id, ...fields.flatMap((field) => [...field]), ...u32(invite.expiresSeconds)];
  const body = Uint8Array.from([...head, nameBytes.length, ...nameBytes, ...servers]);
  const link = INVITE_PREFIX + formatKeyText(Uint8Array.from([...body, ...u32(crc32(body))]));
  if (link.length <= MAX_LINK_CHARACTERS) return link;
  return {
    error: `the servers' addresses make the link too long; leave some out (at most ${MAX_LINK_CHARACTERS} characters)`,
  };
}

/**
 * Reads a link. White space and line breaks, which copying adds, don't matter. Whether the invite expired and what the
 * certificate says is for the caller to check. No error repeats any of the link.
 */
export function parseInviteLink(text: string): InviteLink | ParseFailure {
  // Twice the limit leaves room for wrapped lines.
  if (text.length > 2 * MAX_LINK_CHARACTERS) return { error: 'this is too long for an invite link' };
  const link = text.replaceAll(/\s/g, '');
  if (link.length > MAX_LINK_CHARACTERS) return { error: 'this is too long for an invite link' };
  if (link === '') return { error: 'the link is missing; it starts with uservpn://join/' };
  if (!link.startsWith(INVITE_PREFIX)) {
    return INVITE_PREFIX.startsWith(link)
      ? DAMAGED
      : { error: 'this is no invite link; one starts with uservpn://join/' };
  }
  const bytes = decodeBase64url(link.slice(INVITE_PREFIX.length));
  if (bytes === null || bytes.length <= CRC_BYTES) return DAMAGED;
  const body = bytes.subarray(0, bytes.length - CRC_BYTES);
  if (crc32(body) !== readU32(bytes, body.length)) return DAMAGED;
  if (body[0] !== VERSION)
    return { error: 'the link was made by another version of uservpn; install the newest one here' };
  return body.length > NAME_OFFSET ? decodeBody(body) : INVALID;
}

function decodeBody(body: Uint8Array): InviteLink | ParseFailure {
  const id = parseNodeId(body[1]!);
  const nameLength = body[NAME_OFFSET]!;
  const serversOffset = NAME_OFFSET + 1 + nameLength;
  if (id === null || nameLength > MAX_NAME_BYTES || serversOffset >= body.length) return INVALID;
  const name = decodeName(body.subarray(NAME_OFFSET + 1, serversOffset));
  const servers = decodeServers(body, serversOffset);
  if (name === null || servers === null) return INVALID;
  let offset = 2;
  const take = (bytes: number): Uint8Array => body.slice(offset, (offset += bytes));
  return {
    id,
    name,
    networkKey: take(KEY_BYTES),
    adminPublicKey: take(KEY_BYTES),
    certificate: take(CERTIFICATE_BYTES),
    oneTimeSeed: take(KEY_BYTES),
    expiresSeconds: readU32(body, offset),
    servers,
  };
}

function decodeName(bytes: Uint8Array): string | null {
  const name = parseNodeName(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  // A replacement character in the place of broken UTF-8 would come back as other bytes.
  if (isFailure(name) || !sameBytes(new TextEncoder().encode(name), bytes)) return null;
  return name;
}

function encodeServers(servers: readonly KnownServer[]): number[] | ParseFailure {
  if (servers.length > MAX_SERVERS) return { error: `an invite holds at most ${MAX_SERVERS} servers; leave some out` };
  const bytes = [servers.length];
  const ids = new Set<number>();
  for (const { id, addresses } of servers) {
    if (addresses.length === 0 || addresses.length > MAX_SERVER_ADDRESSES || ids.has(id)) {
      return { error: `an invite holds each server once, with 1 to ${MAX_SERVER_ADDRESSES} addresses` };
    }
    ids.add(id);
    bytes.push(id, addresses.length);
    for (const address of addresses) {
      const encoded = encodeEndpoint(address);
      if (encoded === null) return { error: `an address of server ${id} is none that others can connect to` };
      bytes.push(...encoded);
    }
  }
  return bytes;
}

/** The servers from `offset` to the end of the body, or null. */
function decodeServers(body: Uint8Array, offset: number): KnownServer[] | null {
  const count = body[offset]!;
  if (count > MAX_SERVERS) return null;
  const servers = new Map<NodeId, KnownServer>();
  let at = offset + 1;
  for (let i = 0; i < count; i++) {
    const id = parseNodeId(body[at] ?? 0);
    const addressCount = body[at + 1] ?? 0;
    if (id === null || servers.has(id) || addressCount === 0 || addressCount > MAX_SERVER_ADDRESSES) return null;
    at += 2;
    const addresses: Endpoint[] = [];
    for (let k = 0; k < addressCount; k++) {
      const read = decodeEndpoint(body, at);
      if (read === null) return null;
      addresses.push(read.endpoint);
      at = read.end;
    }
    servers.set(id, { id, addresses });
  }
  return at === body.length ? [...servers.values()] : null;
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function readU32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset);
}

function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
