import { SHIPPED_SITE_GROUPS } from './site-groups-list.ts';
import { siteOf } from './site.ts';

/** Sites that share one login and so must share one exit. Immutable. */
export class SiteGroups {
  readonly #names = new Map<string, string>();

  /**
   * @param groups lists of domains; the first of each names the group. A domain in several belongs to the earliest.
   * Each stands for its whole site.
   */
  constructor(groups: readonly (readonly string[])[]) {
    for (const group of groups) {
      const sites = group.map((name) => siteOf({ type: 'name', name }).name);
      for (const site of sites) if (!this.#names.has(site)) this.#names.set(site, sites[0]!);
    }
  }

  /** The site that stands for a site's group, or null where it is in none. */
  nameOf(site: string): string | null {
    return this.#names.get(site) ?? null;
  }
}

/** The user's groups first, which win, and those that come with the program. */
export function shippedSiteGroups(own: readonly (readonly string[])[] = []): SiteGroups {
  const shipped = SHIPPED_SITE_GROUPS.split('\n').map((line) => line.trim().split(' '));
  return new SiteGroups([...own, ...shipped]);
}
