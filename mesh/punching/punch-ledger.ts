import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';

type Address = Pick<Endpoint, 'host' | 'port'>;

interface Sent {
  readonly by: NodeId;
  readonly host: string;
  readonly port: number;
  readonly atMs: number;
}

/** What others tell of an address makes this node send it so many messages in so long, in ms: as many as two attempts in vain take. */
const PERIOD_MS = 3_600_000;
const MAX_TO_ADDRESS = 8;
/** Where a member has proven itself that lately, in ms, it is more likely away for a while than the address a stranger's. */
const PROVEN_MS = 86_400_000;
const MAX_TO_PROVEN = 32;
/** All ports of an IP together: a carrier's NAT may have several members behind it, and strangers. */
const MAX_TO_IP = 32;
const MAX_MESSAGES = 256;
const MAX_KEPT = 256;
/** Of each of these, as much for one who names addresses: who lies does not use up what another may have sent. */
const SHARE_OF_ALL = 1 / 2;
const SHARE_WITH_MEMBERS = 3 / 4;

/** Where messages went because others said so: nobody can have this node send a stranger more than a few an hour. */
export class PunchLedger {
  /** Oldest first. */
  #sent: readonly Sent[] = [];
  /** When members proved themselves at addresses, by these; the last ones last. */
  readonly #provenAtMs = new Map<string, number>();
  readonly #maxToIp: number;
  readonly #maxMessages: number;

  /** @param maxToIp messages in an hour to all ports of one IP; `maxMessages`: to all addresses. */
  constructor(maxToIp = MAX_TO_IP, maxMessages = MAX_MESSAGES) {
    this.#maxToIp = maxToIp;
    this.#maxMessages = maxMessages;
  }

  /** Whether the address may be sent one message now because `by` names it. */
  has(by: NodeId, address: Address, nowMs: number): boolean {
    this.#sent = this.#sent.filter(({ atMs }) => nowMs - atMs < PERIOD_MS);
    const isRoom = (sent: readonly Sent[], most: number, share: number): boolean =>
      sent.length < most && sent.filter((message) => message.by === by).length < most * share;
    const toIp = this.#sent.filter(({ host }) => host === address.host);
    const toAddress = toIp.filter(({ port }) => port === address.port);
    const isProven = nowMs - (this.#provenAtMs.get(nameOf(address)) ?? Number.NEGATIVE_INFINITY) < PROVEN_MS;
    return (
      (isProven
        ? isRoom(toAddress, MAX_TO_PROVEN, SHARE_WITH_MEMBERS)
        : isRoom(toAddress, MAX_TO_ADDRESS, SHARE_OF_ALL)) &&
      isRoom(toIp, this.#maxToIp, SHARE_WITH_MEMBERS) &&
      isRoom(this.#sent, this.#maxMessages, SHARE_OF_ALL)
    );
  }

  /** The same; it counts. */
  take(by: NodeId, address: Address, nowMs: number): boolean {
    if (!this.has(by, address, nowMs)) return false;
    this.#sent = [...this.#sent, { by, host: address.host, port: address.port, atMs: nowMs }];
    return true;
  }

  /** A member has proven itself there: it is no stranger's. */
  proven(address: Address, nowMs: number): void {
    this.#sent = this.#sent.filter(({ host, port }) => host !== address.host || port !== address.port);
    const name = nameOf(address);
    this.#provenAtMs.delete(name);
    this.#provenAtMs.set(name, nowMs);
    if (this.#provenAtMs.size > MAX_KEPT) this.#provenAtMs.delete(this.#provenAtMs.keys().next().value!);
  }
}

function nameOf({ host, port }: Address): string {
  return `${host} ${port}`;
}
