import { siteReportSchema, type SiteReport } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { askRunningNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';
import { formatTable } from './table.ts';

/** Lists the pins of the running node. */
export async function runSites(options: GlobalOptions & JsonOption): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  const sites: SiteReport[] = [];
  await askRunningNode(place, { do: 'sites' }, siteReportSchema, (site) => sites.push(site), options);
  if (options.json) printJson(sites);
  else if (sites.length === 0) print('No site has an exit yet.');
  else print(describeSites(sites));
}

/** A table of sites for people. */
function describeSites(sites: readonly SiteReport[]): string {
  const rows = sites.map(({ site, exit, reason, sinceMs, lastUsedMs, openStreams, addresses }) => [
    site,
    exit === null ? 'not known' : String(exit),
    reason,
    minute(sinceMs),
    minute(lastUsedMs),
    addresses[0] ?? '-',
    String(openStreams),
  ]);
  return formatTable(
    [['SITE', 'EXIT', 'WHY', 'SINCE (UTC)', 'LAST USED (UTC)', 'SEEN AS', 'STREAMS'], ...rows],
    [1, 6],
  );
}

/** `2026-01-31 12:59` in UTC. */
function minute(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ');
}
