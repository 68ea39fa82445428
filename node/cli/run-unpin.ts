import { pinnedReportSchema } from '../control/reports.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { askRunningNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';

/** Forgets at which exit a site is. */
export async function runUnpin(options: GlobalOptions & JsonOption & { readonly site: string }): Promise<void> {
  const loaded = readConfigFile(configPathOf(options));
  const show = (unpinned: { readonly site: string; readonly done: boolean }): void => {
    if (options.json) printJson(unpinned);
    else
      print(
        unpinned.done
          ? `${unpinned.site} has no exit now; its next connection chooses one.`
          : `${unpinned.site} had no exit.`,
      );
  };
  await askRunningNode(loaded, { do: 'unpin', host: options.site }, pinnedReportSchema, show, options);
}
