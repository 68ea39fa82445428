import { benchExitChoice } from './exit-choice.ts';
import { benchExitLoad } from './exit-load.ts';
import { benchLoopback } from './loopback.ts';
import { benchMeshScale } from './mesh-scale.ts';
import { benchPortion } from './portion.ts';
import { benchRules } from './rules.ts';
import { benchSealAndOpen } from './seal-and-open.ts';
import { benchSessionGoodput } from './session-goodput.ts';

// `npm run bench`: everything that docs/BENCHMARKS.md holds, in its order.

const sections: readonly (readonly [string, () => string[] | Promise<string[]>])[] = [
  ['Sealing and opening a message', benchSealAndOpen],
  ['A download in simulation (virtual time, the same on every machine)', benchSessionGoodput],
  ['A tenth by way of other nodes, in simulation', benchPortion],
  ['The first choice of an exit in simulation', benchExitChoice],
  ['A mesh of 254 nodes in simulation', benchMeshScale],
  ['Rules with a list of 1,000,000 entries', benchRules],
  ['Choosing exits for 1,000 connections to 100 sites', benchExitLoad],
  ['The demo on loopback', benchLoopback],
];

for (const [title, bench] of sections) {
  process.stdout.write(`\n${title}\n\n`);
  for (const line of await bench()) process.stdout.write(`${line}\n`);
}
