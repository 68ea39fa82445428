import type { Target } from '../mesh/session/target.ts';
import type { ChoiceRequest } from './exits/choice-request.ts';
import { magicExit, type ExitOverrides } from './exits/overrides.ts';
import { isolatedSite, siteOf } from './exits/site.ts';
import { shippedSiteGroups } from './exits/site-groups.ts';
import type { Route } from './route.ts';

const GROUPS = shippedSiteGroups();

/** The name under which a program's own wishes are pinned, apart from the site's usual pin. No host name holds a `#`. */
export function pinName(site: string, overrides: ExitOverrides): string {
  const name = overrides.site === undefined ? site : isolatedSite(site, overrides.site);
  return overrides.country === undefined ? name : isolatedSite(name, `country=${overrides.country}`);
}

/**
 * Where a program's own wishes send it, whatever the rules say: the magic address `0.0.NODE.0`, `exit=NODE` or
 * `country=CC` of the user name. Null where it has none but perhaps a name for its pin. An exit that was asked for by
 * number is used or nothing is.
 */
export function overriddenRoute(target: Target, overrides: ExitOverrides, site: string): Route | null {
  const exit = magicExit(target.host) ?? overrides.exit;
  const name = pinName(site, overrides);
  if (exit !== undefined) return exitRoute({ site: name, policy: { type: 'exit', exit }, whenDown: 'fail' });
  if (overrides.country === undefined) return null;
  const policy = { type: 'countries', allowed: [overrides.country], forbidden: [] } as const;
  return exitRoute({ site: name, policy, whenDown: 'repin' });
}

/** Any exit will do. */
export function autoRoute(target: Target, overrides: ExitOverrides = {}): Route {
  const site = siteOf(target.host, GROUPS).name;
  const any: ChoiceRequest = { site: pinName(site, overrides), policy: { type: 'any' }, whenDown: 'repin' };
  return overriddenRoute(target, overrides, site) ?? exitRoute(any);
}

function exitRoute(request: ChoiceRequest): Route {
  return { type: 'exit', request, settle: null, rule: null };
}
