import { nodeReportSchema, type NodeReport } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { formatBytes, formatRtt, formatSeconds } from './amounts.ts';
import { askRunningNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';
import { formatTable } from './table.ts';

/** Lists the nodes that the running node knows. */
export async function runNodes(options: GlobalOptions & JsonOption): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  const nodes: NodeReport[] = [];
  await askRunningNode(place, { do: 'nodes' }, nodeReportSchema, (node) => nodes.push(node), options);
  nodes.sort((a, b) => a.id - b.id);
  if (options.json) printJson(nodes);
  else if (nodes.length === 0) print('No other node is known yet.');
  else print(describeNodes(nodes));
}

/** A table of nodes for people. */
export function describeNodes(nodes: readonly NodeReport[]): string {
  const head = ['NODE', 'NAME', 'ROLES', 'STATE', 'RTT', 'LINK', 'MESSAGE', 'NAT', 'STREAMS', 'SENT', 'RECEIVED'];
  return formatTable([head, ...nodes.map(row)], [0, 4, 6, 8, 9, 10]);
}

function row(node: NodeReport): string[] {
  const roles = [node.roles.exit ? 'exit' : '', node.roles.relay ? 'relay' : '', node.country].filter(Boolean);
  return [
    String(node.id),
    node.name,
    roles.join(' ') || '-',
    stateOf(node),
    formatRtt(node.rttMs),
    node.link ?? '-',
    node.maxMessageBytes === null ? '-' : `${node.maxMessageBytes} B`,
    node.natClass === 'unknown' ? '-' : node.natClass,
    String(node.streams),
    formatBytes(node.bytesSent),
    formatBytes(node.bytesReceived),
  ];
}

function stateOf({ state, draining, backInMs, isHeard }: NodeReport): string {
  const leaves = draining === null ? '' : ', draining';
  const back = state === 'down' && backInMs !== null ? `, back in ${formatSeconds(backInMs / 1_000)}` : '';
  return `${state === 'idle' && isHeard === false ? 'offline' : state}${leaves}${back}`;
}
