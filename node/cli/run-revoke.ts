import { systemClock } from '../clock.ts';
import { nodeReportSchema } from '../control/reports.ts';
import { loadLedger } from '../setup/admin-ledger.ts';
import { ledgerPlace, readConfigFile } from '../setup/read-config-file.ts';
import { revokeNumber } from '../setup/sign-revocation.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { tryAskNode } from './ask-running-node.ts';
import { chooseNode, type NamedNode } from './find-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { handOver } from './hand-over.ts';
import { print, printJson, remark } from './output.ts';
import { suggest } from './own-name.ts';

interface RevokeTexts extends GlobalOptions, JsonOption {
  readonly node: string;
}

/** Revokes a number and has the mesh told. */
export async function runRevoke(options: RevokeTexts): Promise<void> {
  const loaded = readConfigFile(configPathOf(options));
  const wallMs = systemClock.wallMs();
  const seen: NamedNode[] = [];
  await tryAskNode(loaded, { do: 'nodes' }, nodeReportSchema, (node) => seen.push(node));
  const { ledger, warning } = loadLedger(ledgerPlace(loaded), wallMs);
  if (warning !== null) remark(warning);
  const given = Object.entries(ledger.numbers).map(([number, { name }]) => ({ id: Number(number), name }));
  // Nodes name themselves: one that calls itself like another makes the name ambiguous, and nothing else.
  const id = chooseNode('The argument of revoke', options.node, [loaded.config, ...given, ...seen]);
  const means = { sodium: await loadSodium(), wallMs };
  const revocation = await revokeNumber(
    loaded,
    id,
    seen.some((node) => node.id === id),
    means,
  );
  if (revocation.warning !== null) remark(revocation.warning);
  const told = await handOver(loaded, 'revocation', revocation.document);
  if (options.json) {
    printJson({ id, name: revocation.name, told });
    return;
  }
  print(`Node ${id}${revocation.name === null ? '' : ` ("${revocation.name}")`} is put out of the network.`);
  if (told) print('The running node is telling the others.');
  else print(`The others are told as soon as this node runs: ${suggest('up', options)}`);
  print(`It still knows the network key. Where its machine may be in wrong hands: ${suggest('rotate-key', options)}`);
}
