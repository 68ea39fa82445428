/** What others tell of an address makes this node send it so many messages in so long, in ms: as many as two attempts in vain take. */
const PERIOD_MS = 3_600_000;
const MAX_TO_ADDRESS = 4;
/** Where a member has proven itself that lately, in ms, it is more likely away for a while than the address a stranger's. */
const PROVEN_MS = 86_400_000;
const MAX_TO_PROVEN = 24;
/** All ports of an IP together: a carrier's NAT may have several members behind it, and strangers. */
const MAX_TO_IP = 32;
const MAX_MESSAGES = 256;
const MAX_KEPT = 256;

/** Where messages went because others said so: nobody can have this node send a stranger more than a few an hour. */
export class PunchLedger {
  /** Oldest first. */
  #sent: readonly { readonly ip: string; readonly port: number; readonly atMs: number }[] = [];
  /** When members proved themselves at addresses, by these; the last ones last. */
  readonly #provenAtMs = new Map<string, number>();
  readonly #maxToIp: number;
  readonly #maxMessages: number;

  /** @param maxToIp messages in an hour to all ports of one IP; `maxMessages`: to all addresses. */
  constructor(maxToIp = MAX_TO_IP, maxMessages = MAX_MESSAGES) {
    this.#maxToIp = maxToIp;
    this.#maxMessages = maxMessages;
  }

  /** Whether the address may be sent one message now. */
  has(ip: string, port: number, nowMs: number): boolean {
    this.#sent = this.#sent.filter(({ atMs }) => nowMs - atMs < PERIOD_MS);
    const toIp = this.#sent.filter((message) => message.ip === ip);
    const toAddress = toIp.filter((message) => message.port === port);
    const isProven = nowMs - (this.#provenAtMs.get(`${ip} ${port}`) ?? Number.NEGATIVE_INFINITY) < PROVEN_MS;
    const most = isProven ? MAX_TO_PROVEN : MAX_TO_ADDRESS;
    return toAddress.length < most && toIp.length < this.#maxToIp && this.#sent.length < this.#maxMessages;
  }

  /** The same; it counts. */
  take(ip: string, port: number, nowMs: number): boolean {
    if (!this.has(ip, port, nowMs)) return false;
    this.#sent = [...this.#sent, { ip, port, atMs: nowMs }];
    return true;
  }

  /** A member has proven itself there: it is no stranger's. */
  proven(ip: string, port: number, nowMs: number): void {
    this.#sent = this.#sent.filter((message) => message.ip !== ip || message.port !== port);
    const address = `${ip} ${port}`;
    this.#provenAtMs.delete(address);
    this.#provenAtMs.set(address, nowMs);
    if (this.#provenAtMs.size > MAX_KEPT) this.#provenAtMs.delete(this.#provenAtMs.keys().next().value!);
  }
}
