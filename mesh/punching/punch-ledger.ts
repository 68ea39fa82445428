/** What others tell of an address makes this node send it so many messages in so long, in ms: as many as two attempts in vain take. */
const PERIOD_MS = 3_600_000;
const MAX_TO_ADDRESS = 4;
/** All ports of an IP together: a carrier's NAT may have several members behind it, and strangers. */
const MAX_TO_IP = 32;
const MAX_MESSAGES = 256;

/** Where messages went because others said so: nobody can have this node send a stranger more than a few an hour. */
export class PunchLedger {
  /** Oldest first. */
  #sent: readonly { readonly ip: string; readonly port: number; readonly atMs: number }[] = [];

  /** Whether the address may be sent one message now. */
  has(ip: string, port: number, nowMs: number): boolean {
    this.#sent = this.#sent.filter(({ atMs }) => nowMs - atMs < PERIOD_MS);
    const toIp = this.#sent.filter((message) => message.ip === ip);
    const toAddress = toIp.filter((message) => message.port === port);
    return toAddress.length < MAX_TO_ADDRESS && toIp.length < MAX_TO_IP && this.#sent.length < MAX_MESSAGES;
  }

  /** The same; it counts. */
  take(ip: string, port: number, nowMs: number): boolean {
    if (!this.has(ip, port, nowMs)) return false;
    this.#sent = [...this.#sent, { ip, port, atMs: nowMs }];
    return true;
  }

  /** A member has proven itself there: it is no stranger's. */
  proven(ip: string, port: number): void {
    this.#sent = this.#sent.filter((message) => message.ip !== ip || message.port !== port);
  }
}
