import { formatHostPort, type HostPort } from '../config/host-port.ts';
import { classifyAddress } from '../config/address-class.ts';
import { addressBytes } from '../socks/host-text.ts';

/** What is wrong with a proxy that other machines can use without a password, and how to mend it; null where they can't. */
export function openProxyProblem(listen: HostPort, password: string | undefined): string | null {
  const bytes = addressBytes(listen.host);
  if (password !== undefined || (bytes !== null && classifyAddress(bytes) === 'loopback')) return null;
  return `every machine that reaches ${formatHostPort(listen)} can use the proxy: set socks.password, or listen on 127.0.0.1`;
}
