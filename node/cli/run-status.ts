import { statusReportSchema, type StatusReport } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { formatBytes, formatSeconds, formatTime } from './amounts.ts';
import { askRunningNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';
import { rolesText } from './roles-text.ts';
import { formatTable } from './table.ts';

/** Shows what the running node is doing. */
export async function runStatus(options: GlobalOptions & JsonOption): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  await askRunningNode(
    place,
    { do: 'status' },
    statusReportSchema,
    (status) => (options.json ? printJson(status) : print(describe(status))),
    options,
  );
}

const NAT_TEXTS = {
  public: 'none',
  easy: 'shows everybody the same port: others can get through',
  symmetric: 'shows everybody another port: others get through where their NAT lets everybody in, or by relays',
} as const;

function describe(status: StatusReport): string {
  const proxy = status.socks === null ? 'none' : `${status.socks}, ${status.socksConnections} connections`;
  return formatTable([
    ['node', `${status.id}, "${status.name}"${rolesText(status)}`],
    ['process', `${status.pid}, up for ${formatSeconds(status.upSeconds)}, ${formatBytes(status.memoryBytes)}`],
    ['version', `${status.softwareVersion}, ${status.sodium}`],
    ['socket options', status.socketOptions],
    ['listens on', status.listen.join(', ') || 'nothing'],
    ...(status.publicAddresses.length === 0 ? [] : [['is seen as', status.publicAddresses.join(', ')]]),
    ...(status.natClass === 'unknown' ? [] : [['NAT', NAT_TEXTS[status.natClass]]]),
    ...(status.draining === null ? [] : [['draining', describeDraining(status.draining)]]),
    ...(status.superseded === null ? [] : [describeSuperseded(status.id, status.superseded)]),
    ['proxy', proxy],
    ...(status.exit ? [['as an exit', `${status.exitStreams} connections`]] : []),
    ...(status.relay ? [['as a relay', describeRelayed(status.relayed)]] : []),
    ['mesh', describeMesh(status)],
  ]);
}

/** What became of a node whose configuration was started a second time, in a word and at length, and what to do. */
export function describeSuperseded(
  id: number,
  { isCertain, by }: NonNullable<StatusReport['superseded']>,
): readonly [string, string] {
  const own = `where both are to run, give one a number of its own in place of ${id}: uservpn invite`;
  if (isCertain) {
    return [
      'cut off',
      `this configuration was started somewhere else, too, and nodes listen to the process that started last. Stop that one: ` +
        `this one goes on by itself within minutes, or at once when it is started again; ${own}`,
    ];
  }
  return [
    'cut off?',
    `node ${by.join()} says that this configuration was started somewhere else, too, and no other node answers that could be ` +
      `asked. If it was not, node ${by.join()} is wrong, and what is amiss is that the others don't answer. If it was, stop that ` +
      `process: this one goes on by itself within minutes, or at once when it is started again; ${own}`,
  ];
}

function describeMesh({ nodesKnown, nodesUp, nodesIdle }: StatusReport): string {
  const away = nodesKnown - nodesUp - nodesIdle;
  const counts = [
    ...(nodesKnown === 0 ? [] : [`${nodesUp} up`]),
    ...(nodesIdle === 0 ? [] : [`${nodesIdle} idle`]),
    ...(away === 0 ? [] : [`${away} not answering`]),
  ];
  const known = `${nodesKnown} other ${nodesKnown === 1 ? 'node' : 'nodes'} known`;
  return counts.length === 0 ? known : `${known}: ${counts.join(', ')}`;
}

function describeRelayed({ passedBytes, refusedMessages }: StatusReport['relayed']): string {
  const refused = refusedMessages === 0 ? '' : `; ${refusedMessages} messages above relayRateMbps refused`;
  return `passed on for others: ${formatBytes(passedBytes)}${refused}`;
}

function describeDraining({ leavesAtS }: NonNullable<StatusReport['draining']>): string {
  const end = leavesAtS === null ? '' : `, stops at ${formatTime(leavesAtS * 1_000)}`;
  return `new sites go elsewhere${end}`;
}
