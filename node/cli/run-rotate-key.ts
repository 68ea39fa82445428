import { systemClock } from '../clock.ts';
import { systemRandom } from '../random.ts';
import { parseSeconds } from '../setup/parse-options.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { changeNetworkKey } from '../setup/sign-key-change.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { formatTime } from './amounts.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { handOver } from './hand-over.ts';
import { print, printJson, remark } from './output.ts';
import { suggest } from './own-name.ts';

interface RotateKeyTexts extends GlobalOptions, JsonOption {
  readonly grace: string;
}

/** Makes a new network key and has the mesh told. */
export async function runRotateKey(options: RotateKeyTexts): Promise<void> {
  const loaded = readConfigFile(configPathOf(options));
  const graceSeconds = parseSeconds('--grace', options.grace);
  const means = { sodium: await loadSodium(), random: systemRandom, wallMs: systemClock.wallMs() };
  const change = await changeNetworkKey(loaded, graceSeconds, means);
  if (change.warning !== null) remark(change.warning);
  const told = await handOver(loaded, 'key-change', change.document);
  const oldKeyEnds = new Date(change.oldKeyEndsAtS * 1000).toISOString();
  if (options.json) {
    printJson({ oldKeyEnds, told });
    return;
  }
  print('The network has a new key.');
  if (told) print('The running node is telling the others.');
  else print(`The others are told as soon as this node runs: ${suggest('up', options)}`);
  print(
    `The old key is accepted until ${formatTime(change.oldKeyEndsAtS * 1000)}. A node that does not come online before needs a new invite.`,
  );
}
