import { parseCountryCode } from '../config/country-code.ts';

/** Country domains that the whole world uses: they say nothing about where a site is. */
const GENERIC = new Set(
  'ac ad ag ai am as bz cc cd co cx dj fm ga gd gg gl gs im io is la lc li ly me mn ms mu nf nu pw sc sh sr st su tf tk tm to tv vc vg vu ws'.split(
    ' ',
  ),
);

/** Two-letter domains that are not spelt like their country's code. */
const OTHERWISE: ReadonlyMap<string, string> = new Map([['uk', 'GB']]);

/**
 * The country that a site's domain hints at, as an ISO 3166-1 alpha-2 code in capitals; null where it hints at none.
 * A hint only: a site is often hosted elsewhere.
 */
export function ccTldCountry(site: string): string | null {
  const dot = site.lastIndexOf('.');
  const tld = site.slice(dot + 1).toLowerCase();
  if (dot === -1 || tld.length !== 2 || GENERIC.has(tld)) return null;
  const code = OTHERWISE.get(tld) ?? parseCountryCode(tld.toUpperCase());
  return typeof code === 'string' ? code : null;
}
