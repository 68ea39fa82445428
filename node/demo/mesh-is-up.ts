import { setTimeout as pause } from 'node:timers/promises';
import { tryAskNode } from '../cli/ask-running-node.ts';
import { nodeReportSchema, type NodeReport } from '../control/reports.ts';
import { readConfigFile } from '../setup/read-config-file.ts';

/** How long the nodes of the demo may take to find each other, in ms, and how often the client is asked. */
const PATIENCE_MS = 10_000;
const ASK_EVERY_MS = 50;

/** Resolves once the client is connected to this many exits, or its patience is over. */
export async function meshIsUp(clientConfigPath: string, exitCount: number): Promise<void> {
  const loaded = readConfigFile(clientConfigPath);
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += ASK_EVERY_MS) {
    const nodes: NodeReport[] = [];
    await tryAskNode(loaded, { do: 'nodes' }, nodeReportSchema, (node) => nodes.push(node));
    if (nodes.filter(({ state }) => state === 'up').length >= exitCount) return;
    await pause(ASK_EVERY_MS);
  }
}
