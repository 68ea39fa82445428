import { systemClock } from '../clock.ts';
import { parseNumber } from '../setup/parse-options.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { revokeNumber } from '../setup/sign-revocation.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { isSeenInMesh } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { handOver } from './hand-over.ts';
import { print, printJson, remark } from './output.ts';
import { suggest } from './own-name.ts';

interface RevokeTexts extends GlobalOptions, JsonOption {
  readonly node: number;
}

/** Revokes a number and has the mesh told. */
export async function runRevoke(options: RevokeTexts): Promise<void> {
  const loaded = readConfigFile(configPathOf(options));
  const id = parseNumber('The argument of revoke', options.node);
  const seen = (await isSeenInMesh(loaded, id)) === true;
  const means = { sodium: await loadSodium(), wallMs: systemClock.wallMs() };
  const revocation = await revokeNumber(loaded, id, seen, means);
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
