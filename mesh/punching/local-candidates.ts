import { isPrivateIp } from '../../config/address-class.ts';
import { canonicalIp } from '../../config/ip-literal.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { NodeAddress } from '../gossip/node-address.ts';
import { MessageAllowance } from '../out-of-band/message-allowance.ts';
import { PunchLedger } from './punch-ledger.ts';

/** So many addresses are told to one peer, and tried of one. */
const MAX_HOSTS = 4;
/** So many addresses of one peer are tried at once, and one in so many seconds. */
const TRIED_AT_ONCE = 2 * MAX_HOSTS;
const TRIED_PER_SECOND = 1 / 300;
/** Messages in an hour to one private IP, and to all of them: they may be others', whoever names them. */
const MAX_TO_IP = 8;
const MAX_MESSAGES = 32;

/**
 * Addresses in the network that two nodes behind one NAT seem to be in (host candidates, RFC 8445 section 5.1.1.1): which of the own
 * ones a peer is told, and which of a peer's are tried. Many networks have the same ones, so that they may be a stranger's here.
 */
export class LocalCandidates {
  readonly #own: () => ReadonlySet<string>;
  #ledger = new PunchLedger(MAX_TO_IP, MAX_MESSAGES);
  #tried = new MessageAllowance(TRIED_PER_SECOND, TRIED_AT_ONCE);

  /** @param own the machine's addresses now, as IP literals. */
  constructor(own: () => ReadonlySet<string>) {
    this.#own = own;
  }

  /** What may still be sent to them. */
  get ledger(): PunchLedger {
    return this.#ledger;
  }

  /** The own ones of the same family as `seenAt`, where a server sees the peer. */
  hosts(seenAt: string): readonly string[] {
    return [...this.#own()].filter((host) => isUsable(host, seenAt)).slice(0, MAX_HOSTS);
  }

  /** Whether this address that a peer names, of which so many are tried already, may be tried; it counts. */
  take(peer: NodeId, address: NodeAddress, seenAt: string, count: number, nowMs: number): boolean {
    const { transport, host } = address;
    if (transport !== 'udp' || count >= MAX_HOSTS || !isUsable(host, seenAt) || this.#own().has(host)) return false;
    return this.#ledger.has(peer, address, nowMs) && this.#tried.take(peer, nowMs);
  }

  /** The own network is another one: who was where in the last one says nothing. */
  forget(): void {
    this.#ledger = new PunchLedger(MAX_TO_IP, MAX_MESSAGES);
    this.#tried = new MessageAllowance(TRIED_PER_SECOND, TRIED_AT_ONCE);
  }
}

function isUsable(host: string, seenAt: string): boolean {
  // IPv4 in the clothes of IPv6 is IPv4.
  return isPrivateIp(host) && canonicalIp(host)?.includes(':') === seenAt.includes(':');
}
