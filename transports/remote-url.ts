import { formatEndpoint } from '../config/endpoint.ts';
import type { TransportName } from '../config/endpoint.ts';
import { canonicalIp } from '../config/ip-literal.ts';

/**
 * How a remote address is shown, such as `udp://192.0.2.7:4840`. A socket that listens on all IPv6 addresses
 * sees IPv4 senders as IPv4-mapped addresses (RFC 4291 section 2.5.5.2); they are shown as IPv4.
 */
export function remoteUrl(transport: TransportName, address: string, port: number): string {
  return formatEndpoint({ transport, host: canonicalIp(address) ?? address, port });
}
