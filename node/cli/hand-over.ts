import { admitReportSchema } from '../control/reports.ts';
import type { LoadedConfig } from '../setup/read-config-file.ts';
import { tryAskNode } from './ask-running-node.ts';

/**
 * Gives a signed document to the node that runs for this configuration, if one does; true where it took it. Otherwise
 * the next one finds the document in the ledger.
 */
export async function handOver(
  loaded: LoadedConfig,
  kind: 'revocation' | 'key-change',
  document: Uint8Array,
): Promise<boolean> {
  let admitted = false;
  const text = Buffer.from(document).toString('base64');
  await tryAskNode(loaded, { do: 'admit', kind, document: text }, admitReportSchema, (item) => {
    admitted = item.admitted;
  });
  return admitted;
}
