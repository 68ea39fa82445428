import { pinnedReportSchema } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { askRunningNode } from './ask-running-node.ts';
import { findNode } from './find-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';

/** Puts a site at an exit. */
export async function runPin(
  options: GlobalOptions & JsonOption & { readonly site: string; readonly node: string },
): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  const node = await findNode(place, 'The second argument of pin', options.node, options);
  const show = (pinned: { readonly site: string }): void => {
    if (options.json) printJson(pinned);
    else print(`${pinned.site} goes by exit ${node} from now on. Connections that are open stay where they are.`);
  };
  await askRunningNode(place, { do: 'pin', host: options.site, node }, pinnedReportSchema, show, options);
}
