import { isPublicIp } from '../../config/address-class.ts';
import type { NodeAddress } from './node-address.ts';
import type { NatClass } from './node-record.ts';

/** Where a member sees this node come from, and the port of this node's own that was used; null where that is not known. */
export interface ObservedWord {
  readonly address: NodeAddress;
  readonly localPort: number | null;
}

/**
 * What the way in from outside is like, going by what members see (RFC 5780 section 4 in spirit): `public` where the
 * machine has the address itself, `easy` where most see one port whoever is sent to, `symmetric` where they do not.
 * `unknown` before two have seen datagrams from one port, and while two contradict each other. Addresses that mean nothing
 * elsewhere count only where nobody names any other. A member that lies is outvoted.
 */
export function natClassOf(words: readonly ObservedWord[], ownAddresses: ReadonlySet<string>): NatClass {
  const routable = words.filter(({ address }) => isPublicIp(address.host));
  const usable = routable.length > 0 ? routable : words;
  const ipv4 = usable.filter(({ address }) => !address.host.includes(':'));
  const family = ipv4.length > 0 ? ipv4 : usable;
  const host = commonest(family.map(({ address }) => address.host));
  if (host === null) return 'unknown';
  if (ownAddresses.has(host)) return 'public';
  const datagrams = family.filter(({ address }) => address.transport === 'udp' && address.host === host);
  const localPort = commonest(datagrams.flatMap((word) => word.localPort ?? []));
  const ports = datagrams.filter((word) => word.localPort === localPort).map(({ address }) => address.port);
  if (localPort === null || ports.length < 2) return 'unknown';
  const port = commonest(ports);
  if (2 * ports.filter((other) => other === port).length > ports.length) return 'easy';
  // One of two may lie, and two nodes of this class aren't brought together.
  return ports.length > 2 ? 'symmetric' : 'unknown';
}

/** The value that is there most often, of several the last; null where there is none. */
function commonest<T extends string | number>(values: readonly T[]): T | null {
  const counts = new Map<T, number>();
  let best: T | null = null;
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const value of values) if (best === null || counts.get(value)! >= counts.get(best)!) best = value;
  return best;
}
