import { classifyAddress } from '../../config/address-class.ts';
import { embeddedAddresses } from '../egress/embedded-addresses.ts';
import type { EgressRefusal } from '../egress/egress-policy.ts';
import { addressText } from '../host-text.ts';

/** What is this machine's own. */
export interface OwnPlaces {
  /** Its addresses; loopback counts as own without being listed. */
  readonly addresses: readonly Uint8Array[];
  /** Where this process itself listens: mesh and proxy. */
  readonly ports: readonly number[];
}

/** Who said that address: the program itself, or an exit for the name that the program gave. */
export type AddressSource = 'program' | 'exit';

/**
 * Whether this machine may connect to an address itself: null, or why not.
 *
 * What a program asked for by address is its user's own wish, the home router included; only what this process itself
 * listens on would be a loop. A name is in the hands of whoever holds its domain: it may stand for a public address of
 * somebody else and for nothing in here, or every web page could reach into this network (DNS rebinding).
 */
export function checkDirect(
  own: OwnPlaces,
  address: Uint8Array,
  port: number,
  source: AddressSource,
): EgressRefusal | null {
  if (port === 0) return 'port-zero';
  for (const bytes of embeddedAddresses(address)) {
    const addressClass = classifyAddress(bytes);
    const text = addressText(bytes);
    const isListed = own.addresses.some((each) => addressText(each) === text);
    const isOwn = isListed || addressClass === 'loopback' || addressClass === 'unspecified';
    if (isOwn && own.ports.includes(port)) return 'own-port';
    if (source === 'program') continue;
    if (addressClass !== 'public') return addressClass;
    if (isListed) return 'own-address';
    if (own.addresses.some((each) => isSameNetwork(each, bytes))) return 'private';
  }
  return null;
}

/** The neighbours' IPv6 addresses are public, but no stranger gets through the router to them (RFC 4291 section 2.5.4: /64). */
function isSameNetwork(own: Uint8Array, address: Uint8Array): boolean {
  return own.length === 16 && address.length === 16 && own.subarray(0, 8).every((byte, at) => byte === address[at]);
}
