import { isPublicIp } from '../../config/address-class.ts';
import type { Target } from '../../mesh/session/target.ts';
import { addressText, unmapped } from '../host-text.ts';

/** The families of addresses, by which a site may be reached. */
export const ADDRESS_FAMILIES = [4, 6] as const;

export type AddressFamily = (typeof ADDRESS_FAMILIES)[number];

/** The family of an address literal. */
export function familyOf(address: string): AddressFamily {
  return address.includes(':') ? 6 : 4;
}

/**
 * The address that a site sees, given what the exit said it connected from and the public addresses that others see the
 * exit come from: the former where the whole internet can tell it apart, else of its family the latter, as it is then
 * translated on its way. Null where that is not known; that an address is not known never means that it changed.
 */
export function shownAddress({ host }: Target, publicAddresses: readonly string[]): string | null {
  if (host.type !== 'ip' || (host.bytes.length !== 4 && host.bytes.length !== 16)) return null;
  const bytes = unmapped(host.bytes);
  // The exit does not say: neither a family nor an address.
  if (bytes.every((byte) => byte === 0)) return null;
  const bound = addressText(bytes);
  if (isPublicIp(bound)) return bound;
  return publicAddresses.find((address) => familyOf(address) === familyOf(bound) && isPublicIp(address)) ?? null;
}
