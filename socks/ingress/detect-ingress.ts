import type { IngressProtocol } from './ingress-protocol.ts';
import { Socks5Request } from './socks5-request.ts';

/** The protocol that the first byte of a connection announces, or null for one that is not spoken here. */
export function detectIngress(firstByte: number): IngressProtocol | null {
  switch (firstByte) {
    case 0x05:
      return new Socks5Request();
    default:
      return null;
  }
}
