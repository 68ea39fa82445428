import type { RuleAction } from '../../config/rule-action.ts';
import type { Destination, Target } from '../../mesh/session/target.ts';
import { overriddenRoute, pinName } from '../auto-route.ts';
import type { ExitPolicy } from '../exits/exit-policy.ts';
import type { ExitOverrides } from '../exits/overrides.ts';
import type { SiteGroups } from '../exits/site-groups.ts';
import { siteOf } from '../exits/site.ts';
import type { Route } from '../route.ts';
import type { RuleSet } from './rule-set.ts';
import { ruleText } from './rule-text.ts';

type Settle = (destination: Destination | null) => Route;

/**
 * Where connections go: what a program asks for itself by its user name or by a magic address, then the first rule that
 * holds, then any exit.
 */
export class RuleRouter {
  readonly #rules: RuleSet;
  readonly #texts: readonly string[];
  readonly #groups: SiteGroups;

  constructor(rules: RuleSet, groups: SiteGroups) {
    this.#rules = rules;
    this.#texts = rules.rules.map(ruleText);
    this.#groups = groups;
  }

  /** Where a connection goes. A name that a rule blocks is blocked at once: no exit is asked what rules before that one say. */
  readonly route = (target: Target, overrides: ExitOverrides = {}): Route => {
    const site = siteOf(target.host, this.#groups).name;
    const overridden = overriddenRoute(target, overrides, site);
    if (overridden !== null) return overridden;
    const name = pinName(site, overrides);
    const { rule, dependsOnAddress } = this.#rules.first(target);
    return this.#routeOf(
      rule,
      name,
      dependsOnAddress ? (destination) => this.#settle(target, name, destination) : null,
    );
  };

  /** All rules again, now that an exit has told the address. */
  #settle(target: Target, name: string, destination: Destination | null): Route {
    const settled: Route = this.#routeOf(this.#rules.final(target, destination), name, (again) => {
      // Another exit may get another address for the same name. It may be blocked, but the exit is not changed again,
      // or two exits could send a connection to each other for ever.
      const rule = this.#rules.final(target, again);
      const isBlocked = rule !== null && this.#rules.rules[rule]!.to.type === 'block';
      return isBlocked ? this.#routeOf(rule, name, null) : settled;
    });
    return settled;
  }

  #routeOf(place: number | null, site: string, settle: Settle | null): Route {
    if (place === null) {
      return { type: 'exit', request: { site, policy: { type: 'any' }, whenDown: 'repin' }, settle, rule: null };
    }
    const { to, whenDown } = this.#rules.rules[place]!;
    const rule = this.#texts[place]!;
    switch (to.type) {
      case 'block':
        return { type: 'refused', reason: 'not-allowed', rule };
      case 'direct':
        return { type: 'direct', site, settle, rule };
      case 'auto':
      case 'exit':
      case 'countries': {
        const request = { site, policy: policyOf(to), whenDown: whenDown ?? (to.type === 'exit' ? 'fail' : 'repin') };
        return { type: 'exit', request, settle, rule };
      }
    }
  }
}

function policyOf(action: Exclude<RuleAction, { readonly type: 'block' } | { readonly type: 'direct' }>): ExitPolicy {
  switch (action.type) {
    case 'auto':
      return { type: 'any' };
    case 'exit':
    case 'countries':
      return action;
  }
}
