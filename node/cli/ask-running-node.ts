import type { z } from 'zod';
import { askNode, ControlError } from '../control/control-client.ts';
import type { ControlRequest } from '../control/control-request.ts';
import { nodeReportSchema, type NodeReport } from '../control/reports.ts';
import { locateProcess } from '../control/single-process.ts';
import type { LoadedConfig } from '../setup/read-config-file.ts';
import { UserError } from '../user-error.ts';
import { suggest } from './own-name.ts';

/** How a request is made. */
export interface AskOptions {
  readonly signal?: AbortSignal;
}

/** Asks the node that runs for this configuration; false where none does. Rejects with a UserError where it refuses. */
export async function tryAskNode<T>(
  loaded: LoadedConfig,
  request: ControlRequest,
  schema: z.ZodType<T>,
  onItem: (item: T) => void,
  options: AskOptions = {},
): Promise<boolean> {
  try {
    await askNode(locateProcess(loaded.stateFolder).socketPath, request, (item) => onItem(schema.parse(item)), options);
    return true;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    switch (error.code) {
      case 'not-running':
        return false;
      case 'refused':
        throw new UserError('failed', error.message, { cause: error });
      case 'cut-off':
        throw new UserError('failed', `The running node did not answer: ${error.message}. Is it being stopped?`, {
          cause: error,
        });
    }
  }
}

/** The same for commands that make no sense without a running node: rejects with a UserError where there is none. */
export async function askRunningNode<T>(
  loaded: LoadedConfig,
  request: ControlRequest,
  schema: z.ZodType<T>,
  onItem: (item: T) => void,
  options: AskOptions & { readonly config: string | undefined },
): Promise<void> {
  if (await tryAskNode(loaded, request, schema, onItem, options)) return;
  throw new UserError(
    'failed',
    `No node runs for ${loaded.configPath}. Start it in another terminal: ${suggest('up', options)}`,
  );
}

/** Whether the running node, if there is one, knows a number. */
export async function isSeenInMesh(loaded: LoadedConfig, id: number): Promise<boolean> {
  const nodes: NodeReport[] = [];
  await tryAskNode(loaded, { do: 'nodes' }, nodeReportSchema, (node) => nodes.push(node));
  return nodes.some((node) => node.id === id);
}
