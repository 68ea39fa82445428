import { pinnedReportSchema } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { askRunningNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';

/** Forgets at which exit a site is. */
export async function runUnpin(options: GlobalOptions & JsonOption & { readonly site: string }): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  const show = (unpinned: { readonly site: string; readonly done: boolean }): void => {
    if (options.json) printJson(unpinned);
    else
      print(
        unpinned.done
          ? `${unpinned.site} has no exit now; its next connection chooses one.`
          : `${unpinned.site} had no exit.`,
      );
  };
  await askRunningNode(place, { do: 'unpin', host: options.site }, pinnedReportSchema, show, options);
}
