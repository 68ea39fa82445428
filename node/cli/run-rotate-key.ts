import { z } from 'zod';
import { systemClock } from '../clock.ts';
import { systemRandom } from '../random.ts';
import { parseSeconds } from '../setup/parse-options.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { changeNetworkKey } from '../setup/sign-key-change.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { UserError } from '../user-error.ts';
import { formatTime } from './amounts.ts';
import { tryAskNode } from './ask-running-node.ts';
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
  // Nothing is changed where the node that runs could not be told: one of it and the others would have the new key.
  await tryAskNode(loaded, { do: 'status' }, z.unknown(), () => {});
  const means = { sodium: await loadSodium(), random: systemRandom, wallMs: systemClock.wallMs() };
  const change = await changeNetworkKey(loaded, graceSeconds, means);
  if (change.warning !== null) remark(change.warning);
  const told = await handOver(loaded, 'key-change', change.document).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    const made = 'The network has a new key, of which the others are told once this node runs again.';
    throw new UserError('failed', `${made} ${error.message}`, { cause: error });
  });
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
