import type { z } from 'zod';
import { askNode, ControlError, type AskNodeOptions } from '../control/control-client.ts';
import type { ControlRequest } from '../control/control-request.ts';
import { nodeReportSchema, type NodeReport } from '../control/reports.ts';
import { locateProcess } from '../control/single-process.ts';
import type { NodePlace } from '../setup/node-place.ts';
import { UserError } from '../user-error.ts';
import { remark } from './output.ts';
import { suggest } from './own-name.ts';

const ANOTHER_VERSION =
  'The running node is of another version than this command, and answers otherwise. Start it again.';

/** The process of this configuration is there and does not answer. */
export class NodeHangsError extends UserError {
  constructor(pid: number | null, options?: ErrorOptions) {
    const which = pid === null ? 'A process that runs for this configuration' : `Process ${pid}`;
    const end = pid === null ? 'end it' : `end it with kill ${pid}, or kill -9 ${pid} where that does nothing`;
    super('failed', `${which} is there but does not answer. If it stays so, ${end}; then start it again.`, options);
    this.name = 'NodeHangsError';
  }
}

/** Asks the node that runs for this configuration; false where none does. Rejects with a UserError where it refuses. */
export async function tryAskNode<T>(
  { stateFolder }: Pick<NodePlace, 'stateFolder'>,
  request: ControlRequest,
  schema: z.ZodType<T>,
  onItem: (item: T) => void,
  options: AskNodeOptions = {},
): Promise<boolean> {
  const { pid, socketPath } = locateProcess(stateFolder);
  let isStrange = false;
  const take = (item: unknown): void => {
    const read = schema.safeParse(item);
    if (read.success) onItem(read.data);
    else isStrange = true;
  };
  try {
    await askNode(socketPath, request, take, options);
    if (isStrange) throw new UserError('failed', ANOTHER_VERSION);
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
      case 'silent':
        throw new NodeHangsError(pid, { cause: error });
    }
  }
}

/**
 * The same for commands that make no sense without a running node: rejects with a UserError where there is none. Mistakes
 * that its configuration has by now are told beside the answer.
 */
export async function askRunningNode<T>(
  place: NodePlace,
  request: ControlRequest,
  schema: z.ZodType<T>,
  onItem: (item: T) => void,
  options: AskNodeOptions & { readonly config: string | undefined },
): Promise<void> {
  if (!(await tryAskNode(place, request, schema, onItem, options))) throw nobodyRuns(place, options);
  if (place.problem === null) return;
  remark(
    `the running node goes by its configuration as it was when it started. What that is now: ${place.problem.message}`,
  );
}

/** What to say where no node runs that was to be asked. */
export function nobodyRuns(
  { configPath, problem }: NodePlace,
  options: { readonly config: string | undefined },
): UserError {
  const message = `No node runs for ${configPath}. Start it in another terminal: ${suggest('up', options)}`;
  return problem ?? new UserError('failed', message);
}

/** Whether the running node knows a number; null where none runs. */
export async function isSeenInMesh(loaded: Pick<NodePlace, 'stateFolder'>, id: number): Promise<boolean | null> {
  const nodes: NodeReport[] = [];
  if (!(await tryAskNode(loaded, { do: 'nodes' }, nodeReportSchema, (node) => nodes.push(node)))) return null;
  return nodes.some((node) => node.id === id);
}
