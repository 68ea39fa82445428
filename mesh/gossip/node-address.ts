import ipaddr from 'ipaddr.js';
import type { TransportName } from '../../config/endpoint.ts';
import { TRANSPORT_NAMES } from '../../config/endpoint.ts';
import { canonicalIp } from '../../config/ip-literal.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import type { ByteWriter } from '../wire/byte-writer.ts';

/** How a node came to know its address, in the order of the numbers from 1. */
const SOURCES = ['configured', 'observed', 'local'] as const;

/** One address at which a node says it can be reached; usable as an `Endpoint`. */
export interface NodeAddress {
  readonly transport: TransportName;
  readonly source: (typeof SOURCES)[number];
  /** An IPv4 or IPv6 address literal, without brackets or zone. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
}

/** The most addresses in a record: those of a configuration, and one of each family that others observe. */
export const MAX_ADDRESSES = 18;

/**
 * Writes `transport u8 | source u8 | family u8 (4 or 6) | ip | port u16`.
 * Throws a RangeError where the host is no address literal or the port no port.
 */
export function writeNodeAddress(writer: ByteWriter, address: NodeAddress): void {
  const ip = parseIp(address.host);
  if (!(address.port >= 1 && address.port <= 0xffff)) throw new RangeError(`${address.port} is no port`);
  writer
    .u8(TRANSPORT_NAMES.indexOf(address.transport) + 1)
    .u8(SOURCES.indexOf(address.source) + 1)
    .u8(ip.length === 4 ? 4 : 6)
    .raw(ip)
    .u16(address.port);
}

/** Reads one address; null where it is malformed or cut short. */
export function readNodeAddress(reader: ByteReader): NodeAddress | null {
  const transport = TRANSPORT_NAMES[reader.u8() - 1];
  const source = SOURCES[reader.u8() - 1];
  const family = reader.u8();
  if (transport === undefined || source === undefined || (family !== 4 && family !== 6)) return null;
  const ip = reader.raw(family === 4 ? 4 : 16);
  const port = reader.u16();
  if (reader.failed || port === 0) return null;
  // One address has one spelling: IPv4 in the clothes of IPv6 would be counted, and told from the own ones, as another one.
  const host = canonicalIp(ipaddr.fromByteArray([...ip]).toString());
  if (host === null) return null;
  return { transport, source, host, port };
}

function parseIp(host: string): Uint8Array {
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return Uint8Array.from(ipaddr.IPv4.parse(host).toByteArray());
  if (!host.includes('%') && ipaddr.IPv6.isValid(host)) return Uint8Array.from(ipaddr.IPv6.parse(host).toByteArray());
  throw new RangeError(`${JSON.stringify(host)} is not an IP address`);
}
