import { LRUCache } from 'lru-cache';
import type { Target } from '../mesh/session/target.ts';
import { checkEgress } from '../socks/egress/egress-policy.ts';
import type { IngressOutcome } from '../socks/ingress/ingress-connection.ts';
import type { ConnectorOptions } from '../socks/connector-options.ts';

/** Sites of which it is known that an exit refused them. */
const MAX_SITES = 256;

/** How often the log says so, for each reason, in ms. */
const TOLD_EVERY_MS = 60_000;

/** What an exit allows where its configuration says nothing of it, as far as that can be known elsewhere. */
const USUAL = { allowPrivate: false, allowPorts: [], ownAddresses: [], ownPorts: [] } as const;

const PRIVATE =
  'its address is private, which only an exit with allowPrivate: true below exit: in its own configuration allows';
const RESERVED = 'its address is reserved (link-local, multicast, metadata or the like), which no exit allows';
const MAIL_PORT =
  'port 25 is for mail, which only an exit with allowPorts: [25] below exit: in its configuration allows';
const OWN = 'its address and port are those at which the exit itself listens';
/** Only the exit knows which address a name stands for, and REFUSED has one code for all of it (PROTOCOL section 4). */
const NAMED =
  'the name stands for an address that is private (allowPrivate below exit: in the configuration of that exit), reserved, or the exit itself';

/** An exit refused a site. */
export interface ExitRefusal {
  /** Since 1970. */
  readonly atMs: number;
  readonly why: string;
}

/** Remembers what exits refused by their policy, and tells the log without naming the site. */
export class ExitRefusals {
  readonly #route: ConnectorOptions['route'];
  readonly #say: (message: string) => void;
  readonly #refusals = new LRUCache<string, ExitRefusal>({ max: MAX_SITES });
  readonly #toldMs = new Map<string, number>();

  constructor(route: ConnectorOptions['route'], say: (message: string) => void) {
    this.#route = route;
    this.#say = say;
  }

  /** Takes how a connection ended; both times in ms, `wallMs` since 1970. */
  ended(outcome: IngressOutcome, { nowMs, wallMs }: { readonly nowMs: number; readonly wallMs: number }): void {
    if (outcome.type !== 'failed' || outcome.reason !== 'not-allowed') return;
    const route = this.#route(outcome.target, undefined);
    // What the rules block, or this machine itself refuses, no exit has heard of.
    if (route.type !== 'exit') return;
    const why = whyNotAllowed(outcome.target);
    this.#refusals.set(route.request.site, { atMs: wallMs, why });
    if (nowMs - (this.#toldMs.get(why) ?? -Infinity) < TOLD_EVERY_MS) return;
    this.#toldMs.set(why, nowMs);
    this.#say(`an exit refused a connection: ${why}`);
  }

  /** How an exit last refused a site; null where none did. */
  last(site: string): ExitRefusal | null {
    return this.#refusals.get(site) ?? null;
  }
}

/** What `not-allowed` means for a target: for an address the exit's policy can be asked here. */
function whyNotAllowed({ host, port }: Target): string {
  const refusal = host.type === 'ip' ? checkEgress(USUAL, host.bytes, port) : port === 25 ? 'mail-port' : 'named';
  switch (refusal) {
    case 'named':
      return NAMED;
    case 'private':
    case 'loopback':
    case 'carrier-grade-nat':
      return PRIVATE;
    case 'mail-port':
      return MAIL_PORT;
    case 'own-port':
    case 'own-address':
    case 'port-zero':
    case null:
      return OWN;
    case 'unspecified':
    case 'link-local':
    case 'metadata':
    case 'multicast':
    case 'broadcast':
    case 'reserved':
      return RESERVED;
  }
}
