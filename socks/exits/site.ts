import ipaddr from 'ipaddr.js';
import { getDomain } from 'tldts';
import type { Host } from '../../mesh/session/target.ts';
import { addressText, unmapped } from '../host-text.ts';

/** What shares one exit: logins are tied to it. */
export interface Site {
  /** The registrable domain in lower case without a trailing dot, or an address, which is its own site. */
  readonly name: string;
  /** Means something only in the exit's own network: a name that no public DNS knows, or a private address. */
  readonly local: boolean;
}

/** Suffixes that never leave a local network: RFC 6762, RFC 6761, RFC 8375, ICANN's .internal, and the usual .lan. */
const LOCAL_SUFFIXES = ['local', 'localhost', 'lan', 'internal', 'home.arpa'];

/**
 * The site that a host belongs to. Private suffixes count (`allowPrivateDomains`): every `*.github.io` is a site.
 * A host that is itself a public suffix, or has a single label, is its own site.
 */
export function siteOf(host: Host): Site {
  if (host.type === 'ip') return addressSite(unmapped(host.bytes));
  const name = (host.name.endsWith('.') ? host.name.slice(0, -1) : host.name).toLowerCase();
  const domain = getDomain(name, { allowPrivateDomains: true, detectIp: false });
  return { name: domain ?? name, local: isLocalName(name) };
}

function isLocalName(name: string): boolean {
  return !name.includes('.') || LOCAL_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}

function addressSite(bytes: Uint8Array): Site {
  const name = addressText(bytes);
  if (bytes.length !== 4 && bytes.length !== 16) return { name, local: false };
  switch (ipaddr.fromByteArray([...bytes]).range()) {
    case 'private':
    case 'uniqueLocal':
    case 'loopback':
    case 'linkLocal':
    case 'carrierGradeNat':
      return { name, local: true };
    default:
      return { name, local: false };
  }
}
