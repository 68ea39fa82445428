import type { Config } from '../../config/config.ts';
import { DEFAULT_PORTION } from '../../mesh/session/portion.ts';
import { pathReportSchema, type PathReport } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { formatBytes, formatRtt } from './amounts.ts';
import { askRunningNode } from './ask-running-node.ts';
import { findNode } from './find-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';
import { formatTable } from './table.ts';

/** Shows the ways to a node. */
export async function runPaths(options: GlobalOptions & JsonOption & { readonly node: string }): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  const node = await findNode(place, 'The argument of paths', options.node, options);
  const paths: PathReport[] = [];
  await askRunningNode(place, { do: 'paths', node }, pathReportSchema, (path) => paths.push(path), options);
  if (options.json) printJson(paths);
  else print(`${describePaths(paths)}${describeShare(paths[0], node, place.config)}`);
}

/** The report for people. */
function describePaths(paths: readonly PathReport[]): string {
  const ways = paths.map((path) => [
    wayOf(path),
    formatRtt(path.rtt?.leastMs ?? null),
    formatRtt(path.rtt?.smoothedMs ?? null),
    formatRtt(path.rtt?.variationMs ?? null),
    formatShare(path.lossShare),
    formatRtt(path.costMs),
    `${formatBytes(path.bytesSentLastMinute)}, ${formatShare(path.shareLastMinute)}`,
    `${formatBytes(path.bytesSent)}, ${formatShare(path.share)}`,
    formatBytes(path.bytesReceived),
    path.why,
  ]);
  const sums = ['SENT IN 1 MIN', 'SENT IN ALL', 'RECEIVED'];
  const head = ['WAY', 'LEAST RTT', 'RTT', 'VARIATION', 'LOST', 'COST', ...sums, 'USE'];
  const flights = paths.flatMap((path) => hopsOf(path));
  return [
    formatTable([head, ...ways], [1, 2, 3, 4, 5, 6, 7, 8]),
    '',
    formatTable(
      [['WAY', 'HOP', 'THERE, LEAST', 'TYPICAL', 'BACK, LEAST', 'TYPICAL', 'WRONG BY AT MOST'], ...flights],
      [2, 3, 4, 5, 6],
    ),
  ].join('\n');
}

/** What share of users' data this node sent by way of other nodes, of how much, what was asked for, and where the rest is told. */
function describeShare(
  path: PathReport | undefined,
  node: number,
  config: Pick<Config, 'id' | 'relaySharePercent'> | null,
): string {
  if (path === undefined) return '';
  const { sentBytes, relayedBytes, minuteSentBytes, minuteRelayedBytes, refusedBytes } = path.usersData;
  const parts = [
    `${shareOf(minuteRelayedBytes, minuteSentBytes)} in the last minute`,
    `${shareOf(relayedBytes, sentBytes)} in all`,
    ...(config === null ? [] : [`at least ${askedPercent(config)} % asked for while one is ready`]),
    ...(refusedBytes === 0 ? [] : [`${formatBytes(refusedBytes)} more than they could take`]),
  ];
  const there = `uservpn paths${config === null ? '' : ` ${config.id}`}`;
  return (
    `\n\nOf the users' data that this node sent there, by way of other nodes: ${parts.join(', ')}.` +
    `\nWhat comes from there, such as downloads, node ${node} sends: the same about that tells ${there} on node ${node}.`
  );
}

function askedPercent({ relaySharePercent = DEFAULT_PORTION.share * 100 }: Pick<Config, 'relaySharePercent'>): number {
  return relaySharePercent;
}

function shareOf(bytes: number, allBytes: number): string {
  return allBytes === 0 ? 'none' : `${formatShare(bytes / allBytes)} of ${formatBytes(allBytes)}`;
}

/** A row for each hop of a way, there and back. */
function hopsOf(path: PathReport): string[][] {
  return path.there.map((there, index) => {
    const back = path.back.at(-1 - index);
    return [
      wayOf(path),
      `${there.from} to ${there.to}`,
      formatRtt(there.leastMs),
      formatRtt(there.typicalMs),
      formatRtt(back?.leastMs ?? null),
      formatRtt(back?.typicalMs ?? null),
      formatRtt(there.boundMs ?? back?.boundMs ?? null),
    ];
  });
}

function wayOf({ relays, link }: PathReport): string {
  if (relays.length === 0) return `direct, ${link}`;
  return `${relays.length === 1 ? 'relay' : 'relays'} ${relays.join(', ')}`;
}

function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
