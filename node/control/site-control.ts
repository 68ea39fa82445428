import { quote } from '../../config/quote.ts';
import type { ExitOutlook } from '../../socks/exits/exit-outlook.ts';
import { permits, policyText, type ExitPolicy } from '../../socks/exits/exit-policy.ts';
import type { ExitView } from '../../socks/exits/exit-view.ts';
import type { Pin } from '../../socks/exits/pin.ts';
import type { Pins } from '../../socks/exits/pins.ts';
import { parseHost } from '../../socks/host-text.ts';
import type { Route } from '../../socks/route.ts';
import type { Host } from '../../mesh/session/target.ts';
import { UserError } from '../user-error.ts';
import type { ExitRefusal } from '../exit-refusals.ts';
import type { SiteReport, WhyReport } from './reports.ts';

/** Programs that ask for a country by their user name have pins of their own, named so. */
const COUNTRY_KEY = 'country=';

/** What a {@link SiteControl} is made of. */
export interface SiteControlOptions {
  readonly pins: Pins;
  readonly outlook: ExitOutlook;
  readonly exits: () => readonly ExitView[];
  readonly route: (host: Host) => Route;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** When an exit last refused a site by its policy, in ms since 1970, or null. */
  readonly refusal: (site: string) => ExitRefusal | null;
  /** Told that pins changed. */
  readonly changed: () => void;
}

/** Shows and sets which site is at which exit. */
export class SiteControl {
  readonly #options: SiteControlOptions;

  constructor(options: SiteControlOptions) {
    this.#options = options;
  }

  /** Every pin, the last used first. */
  all(): readonly SiteReport[] {
    const { pins, wallMs } = this.#options;
    return pins.all(wallMs()).toReversed().map(this.#report);
  }

  /** Puts the site of a host at an exit. Throws a UserError where that is no exit, or one that the site may not use. */
  pin(host: string, node: number): { readonly site: string; readonly done: boolean } {
    const { pins, exits, wallMs, changed } = this.#options;
    const exit = exits().find(({ id }) => id === node);
    if (exit === undefined)
      throw new UserError('failed', `Node ${node} is no exit that is known here. See: uservpn nodes`);
    const site = this.#siteOf(host);
    const forbidden = this.#whyNotAt(host, exit);
    if (forbidden !== null)
      throw new UserError('failed', `${site} can't be put at exit ${node}, where it would not go: ${forbidden}.`);
    pins.pin(site, exit.identity, 'user', wallMs());
    changed();
    return { site, done: true };
  }

  /** Forgets where the site of a host is; its open connections go on. */
  unpin(host: string): { readonly site: string; readonly done: boolean } {
    const site = this.#siteOf(host);
    const done = this.#options.pins.unpin(site);
    if (done) this.#options.changed();
    return { site, done };
  }

  /** Everything that bears on where a host goes. */
  why(text: string): WhyReport {
    const { pins, outlook, exits, route, nowMs, wallMs } = this.#options;
    const site = this.#siteOf(text);
    const host = parseHost(text.split('#')[0]!);
    const found = host === null ? null : route(host);
    const policy = found?.type === 'exit' ? found.request.policy : null;
    const way = found?.type ?? 'exit';
    // A pin of before the rule says nothing about where it goes now.
    const pin = way !== 'exit' ? undefined : pins.all(wallMs()).find((each) => each.site === site);
    const mayMove = found?.type === 'exit' && found.request.whenDown === 'repin';
    const awaitedUntilMs = pin === undefined || !mayMove ? null : pins.awaitedUntilMs(pin.exit, nowMs());
    return {
      site,
      refusal: this.#options.refusal(site),
      waitsUntilMs: awaitedUntilMs === null ? null : wallMs() + awaitedUntilMs - nowMs(),
      rule: found === null ? policyText({ type: 'any' }) : describeRoute(found),
      way,
      pin: pin === undefined ? null : this.#report(pin),
      exits: (way === 'exit' ? exits() : []).map((exit) => {
        const { id, country, state, rttMs, draining = null, link = null } = exit;
        const estimate = rttMs === null ? null : outlook.estimate(exit, rttMs, site, wallMs());
        return {
          id,
          country,
          state,
          draining: draining !== null,
          rttMs,
          link,
          permitted: policy === null ? false : permits(policy, exit),
          roundTripMs: estimate?.roundTripMs ?? null,
          costMs: estimate?.costMs ?? null,
          samples: estimate?.samples ?? 0,
          fresh: estimate?.fresh ?? false,
        };
      }),
    };
  }

  /** The name of an existing pin as it is, such as `example.com#work`; else the site of a host. */
  #siteOf(text: string): string {
    const { pins, route, wallMs } = this.#options;
    if (pins.all(wallMs()).some(({ site }) => site === text)) return text;
    const host = parseHost(text);
    if (host === null)
      throw new UserError(
        'failed',
        `${quote(text)} is neither a host name nor an address; write it as www.example.com or 192.0.2.7.`,
      );
    const found = route(host);
    switch (found.type) {
      case 'exit':
        return found.request.site;
      case 'direct':
        return found.site;
      case 'refused':
        return text;
    }
  }

  /** Why a host never goes by an exit, whatever is pinned; null where it may, as far as its name tells. */
  #whyNotAt(text: string, exit: ExitView): string | null {
    const [name = '', ...keys] = text.split('#');
    const country = keys.find((key) => key.startsWith(COUNTRY_KEY))?.slice(COUNTRY_KEY.length);
    if (country !== undefined) {
      return exit.country === country ? null : `this name is for programs that ask for exits in ${country}`;
    }
    const host = parseHost(name);
    const found = host === null ? null : this.#options.route(host);
    // What rules say of the address may be something else.
    if (found === null || (found.type !== 'refused' && found.settle !== null)) return null;
    return found.type === 'exit' && permits(found.request.policy, exit) ? null : describeRoute(found);
  }

  readonly #report = (pin: Pin): SiteReport => {
    const numbers = new Map(this.#options.exits().map(({ identity, id }) => [identity, id]));
    const { site, reason, sinceMs, lastUsedMs, openStreams, moves, addresses, addressChanges } = pin;
    return {
      site,
      exit: numbers.get(pin.exit) ?? null,
      reason,
      sinceMs,
      lastUsedMs,
      openStreams,
      addresses: [...addresses],
      addressChanges: [...addressChanges],
      moves: moves.map(({ from, to, reason: why, atMs }) => ({
        from: numbers.get(from) ?? null,
        to: numbers.get(to) ?? null,
        reason: why,
        atMs,
      })),
    };
  };
}

/** What is decided, and by which rule. */
function describeRoute(route: Route): string {
  const by = route.rule === null ? '' : `${route.rule}: `;
  switch (route.type) {
    case 'refused':
      return `${by}${route.reason === 'not-allowed' ? 'blocked' : `refused: ${route.reason}`}`;
    case 'direct':
      return `${by}directly from this machine, past the exits${mayChange(route.settle)}`;
    case 'exit':
      return `${by}${exitsOf(route.request.policy)}${mayChange(route.settle)}`;
  }
}

function exitsOf(policy: ExitPolicy): string {
  return policy.type === 'countries' ? `exits in ${policyText(policy)}` : policyText(policy);
}

function mayChange(settle: unknown): string {
  return settle === null ? '' : ', unless a rule before it holds for the address that the exit finds';
}
