import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seeded } from '../fixtures/exit-world.ts';
import type { RulesLoad } from './rules-load.ts';

const ENTRIES = 1_000_000;

const ENDINGS = ['com', 'net', 'org', 'de', 'co.uk', 'com.br', 'ru', 'io'];

/** Regular expressions of the kinds that lists have. */
const PATTERNS = Array.from({ length: 256 }, (_, i) => {
  const kinds = [
    `^(www|cdn)${i}[0-9]+\\.track`,
    `(^|\\.)ads?${i}-[a-z]+\\.test$`,
    `^r[0-9]+---sn-${i}[a-z0-9]+\\.test$`,
  ];
  return `regexp:${kinds[i % kinds.length]!}\n`;
}).join('');

/** How a list is spelled, and what stands before its names. */
const FORMS: readonly (readonly [string, (name: string) => string, string])[] = [
  ['a domain a line', (name) => name, ''],
  ['hosts file', (name) => `0.0.0.0 ${name}`, ''],
  ['geosite text, with attributes', (name) => `full:${name} @ads`, ''],
  ['the first, with 256 regular expressions', (name) => name, PATTERNS],
];

/** Rows of a table: what 1,000,000 entries take to load and to keep, and what a look-up costs; a process for each row. */
export function benchRules(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'uv-bench-'));
  try {
    const head =
      'list | MB | load, ms | longest pause, ms | memory meanwhile, MB | kept, MB | a name in it, us | another, us';
    return [`| ${head} |`, `|${' --- |'.repeat(8)}`, ...FORMS.map((form) => row(folder, ...form))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(folder: string, form: string, spell: (name: string) => string, before: string): string {
  const random = seeded(5);
  const list = join(folder, 'list.txt');
  const known: string[] = [];
  writeFileSync(list, before);
  for (let left = ENTRIES; left > 0; left -= 50_000) {
    const names = Array.from({ length: 50_000 }, () => drawName(random));
    known.push(...names.slice(0, 500));
    writeFileSync(list, names.map((name) => `${spell(name)}\n`).join(''), { flag: 'a' });
  }
  const others = known.map(() => `www.${drawName(random)}`);
  writeFileSync(join(folder, 'names.json'), JSON.stringify({ known, others }));
  const child = fileURLToPath(new URL('rules-load.js', import.meta.url));
  const measured = JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', child, folder], { encoding: 'utf8' }),
  ) as RulesLoad;
  const cells = [
    form,
    (measured.fileBytes / 1e6).toFixed(1),
    measured.loadMs.toFixed(0),
    measured.longestPauseMs.toFixed(1),
    (measured.peakBytes / 1e6).toFixed(0),
    (measured.keptBytes / 1e6).toFixed(0),
    measured.knownUs.toFixed(2),
    measured.otherUs.toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Of the lengths that real lists have: 5 to 18 letters before the ending, some with a label more. */
function drawName(random: () => number): string {
  const letters = (count: number): string =>
    Array.from({ length: count }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
  const below = random() < 0.4 ? `${letters(2 + Math.floor(random() * 8))}.` : '';
  return `${below}${letters(5 + Math.floor(random() * 14))}.${ENDINGS[Math.floor(random() * ENDINGS.length)]!}`;
}
