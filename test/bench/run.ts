import { parseArgs } from 'node:util';
import { benchBulkPortion } from './bulk-portion.ts';
import { benchExitChoice } from './exit-choice.ts';
import { benchExitLoad } from './exit-load.ts';
import { benchLoopback } from './loopback.ts';
import { benchMeshScale } from './mesh-scale.ts';
import { benchPortion } from './portion.ts';
import { benchRules } from './rules.ts';
import { benchSealAndOpen } from './seal-and-open.ts';
import { benchSessionGoodput } from './session-goodput.ts';

// `npm run bench`: everything that docs/BENCHMARKS.md holds, in its order; `npm run bench -- NAME..`: some of it.

const sections: readonly (readonly [name: string, title: string, () => string[] | Promise<string[]>])[] = [
  ['seal', 'Sealing and opening a message', benchSealAndOpen],
  ['download', 'A download in simulation (virtual time, the same on every machine)', benchSessionGoodput],
  ['portion', 'A tenth by way of other nodes, in simulation', benchPortion],
  ['bulk-portion', 'A tenth by way of a relay, real processes', benchBulkPortion],
  ['exit-choice', 'The first choice of an exit in simulation', benchExitChoice],
  ['mesh-scale', 'A mesh of 254 nodes in simulation', benchMeshScale],
  ['rules', 'Rules with a list of 1,000,000 entries', benchRules],
  ['exit-load', 'Choosing exits for 1,000 connections to 100 sites', benchExitLoad],
  ['loopback', 'The demo on loopback', benchLoopback],
];
const help = `npm run bench [-- NAME..]: all of these, or those named\n${sections.map(([name, title]) => `  ${name.padEnd(12)}${title}\n`).join('')}`;

const { positionals: names, values } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h', default: false } },
});
const unknown = names.filter((name) => !sections.some(([known]) => known === name));
if (values.help) process.stdout.write(help);
else if (unknown.length > 0) {
  process.stderr.write(`There is no "${unknown.join('" nor "')}".\n${help}`);
  process.exitCode = 2;
} else {
  for (const [name, title, bench] of sections) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`\n${title}\n\n`);
    for (const line of await bench()) process.stdout.write(`${line}\n`);
  }
}
