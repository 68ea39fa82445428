import ipaddr from 'ipaddr.js';
import { getDomain } from 'tldts';
import type { Host } from '../../mesh/session/target.ts';
import { addressText, unmapped } from '../host-text.ts';

/** What shares one exit: logins are tied to it. */
export interface Site {
  /** The registrable domain in lower case without a trailing dot, its group's first domain, or an address, which is its own site. */
  readonly name: string;
  /** Means something only in the exit's own network: a name that no public DNS knows, or a private address. */
  readonly local: boolean;
}

/** Suffixes that never leave a local network: RFC 6762, RFC 6761, RFC 8375, ICANN's .internal, and the usual .lan. */
const LOCAL_SUFFIXES = ['local', 'localhost', 'lan', 'internal', 'home.arpa'];

/**
 * The site that a host belongs to. Private suffixes count (`allowPrivateDomains`): every `*.github.io` is a site.
 * A host that is itself a public suffix, or has a single label, is its own site.
 * @param groups which sites share a login; none unless told
 */
export function siteOf(host: Host, groups?: { nameOf(site: string): string | null }): Site {
  const local = isLocalHost(host);
  if (host.type === 'ip') return { name: addressText(unmapped(host.bytes)), local };
  const name = plainName(host.name);
  // Names come checked (parseHost); tldts' own check would turn down hyphens and lengths that work in practice.
  const domain = getDomain(name, { allowPrivateDomains: true, detectIp: false, validateHostname: false }) ?? name;
  return { name: groups?.nameOf(domain) ?? domain, local };
}

/** True for hosts that mean something only in the exit's own network: local names and private addresses. */
export function isLocalHost(host: Host): boolean {
  return host.type === 'ip' ? isLocalAddress(unmapped(host.bytes)) : isLocalName(plainName(host.name));
}

/** The name of a site that is kept apart by the user's key, so that it has its own pin. No host name holds a `#`. */
export function isolatedSite(site: string, key: string): string {
  return `${site}#${key}`;
}

function plainName(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

function isLocalName(name: string): boolean {
  return !name.includes('.') || LOCAL_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}

function isLocalAddress(bytes: Uint8Array): boolean {
  if (bytes.length !== 4 && bytes.length !== 16) return false;
  switch (ipaddr.fromByteArray([...bytes]).range()) {
    case 'unspecified':
    case 'private':
    case 'uniqueLocal':
    case 'loopback':
    case 'linkLocal':
    case 'carrierGradeNat':
      return true;
    default:
      return false;
  }
}
