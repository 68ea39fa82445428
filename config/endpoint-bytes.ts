import ipaddr from 'ipaddr.js';
import { formatEndpoint, MAX_PATH_CHARACTERS, parseEndpoint, TRANSPORT_NAMES, type Endpoint } from './endpoint.ts';
import { isFailure } from './parse-failure.ts';

/*
 * An endpoint in an invite link, 7 bytes for IPv4 and 19 for IPv6 without the parts of wss:
 *
 *  0  bits 0..2 transport (1 udp, 2 tcp, 3 kcp, 4 wss), bit 3 IPv6, bit 4 path follows, bit 5 server name follows, else 0
 *  1  address, 4 or 16 bytes | port u16 | [path length u8, path] | [server name length u8, name], both ASCII
 */
const TRANSPORT_MASK = 0x07;
const IPV6 = 0x08;
const PATH = 0x10;
const SERVER_NAME = 0x20;

const MAX_SERVER_NAME_CHARACTERS = 253;

/** An endpoint read from bytes, and the offset after it. */
export interface ReadEndpoint {
  readonly endpoint: Endpoint;
  readonly end: number;
}

/** The bytes of an endpoint, or null where it is none that can be dialled, spelled canonically. */
export function encodeEndpoint(endpoint: Endpoint): number[] | null {
  if (!isCanonical(endpoint)) return null;
  const { path, serverName, port } = endpoint;
  const address = ipaddr.parse(endpoint.host).toByteArray();
  const kind =
    (TRANSPORT_NAMES.indexOf(endpoint.transport) + 1) |
    (address.length === 16 ? IPV6 : 0) |
    (path === undefined ? 0 : PATH) |
    (serverName === undefined ? 0 : SERVER_NAME);
  return [kind, ...address, port >> 8, port & 0xff, ...sizedAscii(path), ...sizedAscii(serverName)];
}

/** Reads the endpoint at `offset`, or returns null unless {@link encodeEndpoint} makes just these bytes of it. */
export function decodeEndpoint(bytes: Uint8Array, offset: number): ReadEndpoint | null {
  const kind = bytes[offset] ?? 0;
  const transport = TRANSPORT_NAMES[(kind & TRANSPORT_MASK) - 1];
  if (transport === undefined || (kind & ~(TRANSPORT_MASK | IPV6 | PATH | SERVER_NAME)) !== 0) return null;
  const portOffset = offset + 1 + ((kind & IPV6) === 0 ? 4 : 16);
  let end = portOffset + 2;
  if (end > bytes.length) return null;
  const host = ipaddr.fromByteArray([...bytes.subarray(offset + 1, portOffset)]);
  const port = (bytes[portOffset]! << 8) | bytes[portOffset + 1]!;
  const address = {
    transport,
    host: host.kind() === 'ipv6' ? (host as ipaddr.IPv6).toRFC5952String() : host.toString(),
    port,
  };
  let path: string | null = null;
  if ((kind & PATH) !== 0) {
    path = readAscii(bytes, end, MAX_PATH_CHARACTERS);
    if (path === null) return null;
    end += 1 + path.length;
  }
  let serverName: string | null = null;
  if ((kind & SERVER_NAME) !== 0) {
    serverName = readAscii(bytes, end, MAX_SERVER_NAME_CHARACTERS);
    if (serverName === null) return null;
    end += 1 + serverName.length;
  }
  const endpoint = { ...address, ...(path === null ? {} : { path }), ...(serverName === null ? {} : { serverName }) };
  return isCanonical(endpoint) ? { endpoint, end } : null;
}

function isCanonical(endpoint: Endpoint): boolean {
  const parsed = parseEndpoint(formatEndpoint(endpoint), 'dial');
  return (
    !isFailure(parsed) &&
    parsed.transport === endpoint.transport &&
    parsed.host === endpoint.host &&
    parsed.port === endpoint.port &&
    parsed.path === endpoint.path &&
    parsed.serverName === endpoint.serverName
  );
}

function sizedAscii(text: string | undefined): number[] {
  return text === undefined ? [] : [text.length, ...Array.from(text, (character) => character.charCodeAt(0))];
}

/** Text of at most `limit` characters; what is no ASCII fails as an endpoint later. */
function readAscii(bytes: Uint8Array, offset: number, limit: number): string | null {
  const length = bytes[offset] ?? 0;
  if (length > limit || offset + 1 + length > bytes.length) return null;
  return String.fromCharCode(...bytes.subarray(offset + 1, offset + 1 + length));
}
