import type { IngressProtocol } from './ingress-protocol.ts';
import type { PasswordCheck } from './password-check.ts';
import { Socks5Request } from './socks5-request.ts';

/**
 * The protocol that the first byte of a connection announces, or null for one that is not spoken here.
 * @param password what programs must know; null where everybody may connect
 */
export function detectIngress(firstByte: number, password: PasswordCheck | null): IngressProtocol | null {
  switch (firstByte) {
    case 0x05:
      return new Socks5Request(password);
    default:
      return null;
  }
}
