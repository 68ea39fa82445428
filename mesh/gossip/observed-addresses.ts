import { isPublicIp } from '../../config/address-class.ts';
import type { NodeId } from '../../config/node-id.ts';
import { natClassOf, type ObservedWord } from './nat-class.ts';
import type { NodeAddress } from './node-address.ts';
import type { NatClass } from './node-record.ts';

/** Members whose word is kept; whoever spoke longest ago goes first. */
const MAX_WITNESSES = 16;
/** Changes of the result in an hour: a third of what others take of one record's changes. */
const MAX_CHANGES = 20;
const PERIOD_MS = 3_600_000;

/**
 * Where this node comes from, as other members see it: of each family the address that the most of them name, of several
 * the one named last. One member has one word, addresses that mean nothing elsewhere count for nothing, and changes are
 * limited, so a member that lies can at worst, where it is the only one, make a wrong address known.
 */
export class ObservedAddresses {
  /** The last word of each member, in the order in which they spoke. */
  readonly #named = new Map<NodeId, ObservedWord>();
  #ownAddresses: ReadonlySet<string> = new Set();
  #natClass: NatClass = 'unknown';
  #current: readonly NodeAddress[] = [];
  /** When it changed within the last hour, oldest first. */
  #changedMs: readonly number[] = [];

  /** The machine's own, as IP literals. */
  get ownAddresses(): ReadonlySet<string> {
    return this.#ownAddresses;
  }

  /** At most one address a family. */
  get current(): readonly NodeAddress[] {
    return this.#current;
  }

  /** What the way in from outside is like. */
  get natClass(): NatClass {
    return this.#natClass;
  }

  /** Says which addresses the machine itself has. True where {@link natClass} changed by that. */
  setOwnAddresses(addresses: readonly string[], nowMs: number): boolean {
    this.#ownAddresses = new Set(addresses);
    return this.review(nowMs);
  }

  /**
   * A member says where it sees this node come from, by a link whose own port is `localPort` or not known. True where
   * {@link current} or {@link natClass} changed.
   */
  told(by: NodeId, address: NodeAddress, localPort: number | null, nowMs: number): boolean {
    this.#named.delete(by);
    this.#named.set(by, { address, localPort });
    if (this.#named.size > MAX_WITNESSES) this.#named.delete(this.#named.keys().next().value!);
    return this.review(nowMs);
  }

  /** The member is gone: its word does not count any more, once others speak. */
  forget(by: NodeId): void {
    this.#named.delete(by);
  }

  /** Takes up what the limit kept back. True where anything changed. */
  review(nowMs: number): boolean {
    const next = [this.#best(false), this.#best(true)].filter((address) => address !== null);
    const natClass = natClassOf([...this.#named.values()], this.#ownAddresses);
    const isSame = next.every((address, index) => address.host === this.#current[index]?.host);
    // That too few say anything at the moment, as after a move, says nothing about the way in.
    if (isSame && (natClass === this.#natClass || natClass === 'unknown')) return false;
    this.#changedMs = this.#changedMs.filter((atMs) => nowMs - atMs < PERIOD_MS);
    if (this.#changedMs.length >= MAX_CHANGES) return false;
    this.#changedMs = [...this.#changedMs, nowMs];
    if (!isSame) this.#current = next;
    this.#natClass = natClass;
    return true;
  }

  /** What the most name; where nobody names any, what was known before. */
  #best(isIpv6: boolean): NodeAddress | null {
    const isWanted = ({ host }: NodeAddress): boolean => host.includes(':') === isIpv6 && isPublicIp(host);
    const votes = new Map<string, number>();
    let best: NodeAddress | null = null;
    for (const { address } of this.#named.values()) {
      if (!isWanted(address)) continue;
      votes.set(address.host, (votes.get(address.host) ?? 0) + 1);
    }
    for (const { address } of this.#named.values()) {
      if (isWanted(address) && (best === null || votes.get(address.host)! >= votes.get(best.host)!)) best = address;
    }
    return best ?? this.#current.find(isWanted) ?? null;
  }
}
