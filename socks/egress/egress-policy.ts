import { addressText } from '../host-text.ts';
import { classifyAddress, type AddressClass } from '../../config/address-class.ts';
import { embeddedAddresses } from './embedded-addresses.ts';

/** What an exit lets its clients connect to. */
export interface EgressPolicy {
  /** Lets private, loopback and CGNAT addresses through. */
  readonly allowPrivate: boolean;
  /** Ports let through although they are refused otherwise, such as 25. */
  readonly allowPorts: readonly number[];
  /** The exit's own addresses, public ones included; loopback counts as own without being listed. */
  readonly ownAddresses: readonly Uint8Array[];
  /** Where the exit itself listens: mesh, proxy and control ports. Never let through on own addresses. */
  readonly ownPorts: readonly number[];
}

/** Why an address and port are refused. */
export type EgressRefusal = Exclude<AddressClass, 'public'> | 'port-zero' | 'mail-port' | 'own-port' | 'own-address';

/**
 * Whether a client may connect to an address: null, or why not. Addresses must be the *resolved* ones, and the
 * connection must go to just those bytes: a name that is looked up twice can answer differently (DNS rebinding).
 *
 * IPv6 addresses that carry IPv4 ones (mapped, 6to4, NAT64, Teredo) are refused where the inner one is. Port 25 is
 * refused because an exit that sends spam soon has no address anybody likes to see. Port 0 only asks where a host is
 * (PROTOCOL section 4): for that the address counts.
 */
export function checkEgress(policy: EgressPolicy, address: Uint8Array, port: number): EgressRefusal | null {
  for (const bytes of embeddedAddresses(address)) {
    const addressClass = classifyAddress(bytes);
    const own = addressClass === 'loopback' || addressClass === 'unspecified' || isListed(policy.ownAddresses, bytes);
    if (own && policy.ownPorts.includes(port)) return 'own-port';
    const refusal = refusalOf(addressClass, policy.allowPrivate);
    if (refusal !== null) return refusal;
  }
  return port === 25 && !policy.allowPorts.includes(25) ? 'mail-port' : null;
}

function refusalOf(addressClass: AddressClass, allowPrivate: boolean): EgressRefusal | null {
  switch (addressClass) {
    case 'public':
      return null;
    case 'private':
    case 'loopback':
    case 'carrier-grade-nat':
      return allowPrivate ? null : addressClass;
    case 'unspecified':
    case 'link-local':
    case 'metadata':
    case 'multicast':
    case 'broadcast':
    case 'reserved':
      return addressClass;
  }
}

function isListed(addresses: readonly Uint8Array[], bytes: Uint8Array): boolean {
  const text = addressText(bytes);
  return addresses.some((own) => addressText(own) === text);
}
