import { LRUCache } from 'lru-cache';
import type { IngressOutcome } from '../socks/ingress/ingress-connection.ts';
import type { ConnectorOptions } from '../socks/connector-options.ts';

/** Sites of which it is known that an exit refused them. */
const MAX_SITES = 256;

/** How often the log says so, in ms. */
const TOLD_EVERY_MS = 60_000;

/** What an exit that says `not-allowed` may mean (REFUSED has one code for all of it, PROTOCOL section 4). */
export const WHY_NOT_ALLOWED =
  'its address is private (allowPrivate below exit: in the configuration of that exit) or reserved, or its port is not allowed there (allowPorts)';

/** Remembers what exits refused by their policy, and tells the log without naming the site. */
export class ExitRefusals {
  readonly #route: ConnectorOptions['route'];
  readonly #say: (message: string) => void;
  readonly #atMs = new LRUCache<string, number>({ max: MAX_SITES });
  #toldMs = -Infinity;

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
    this.#atMs.set(route.request.site, wallMs);
    if (nowMs - this.#toldMs < TOLD_EVERY_MS) return;
    this.#toldMs = nowMs;
    this.#say(`an exit refused a connection: ${WHY_NOT_ALLOWED}`);
  }

  /** When an exit last refused a site, in ms since 1970; null where none did. */
  lastMs(site: string): number | null {
    return this.#atMs.get(site) ?? null;
  }
}
