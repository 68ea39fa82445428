// A process of its own for test/bench/rules.ts: loads the list of a folder and tells what that took, as JSON.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure } from '../../config/parse-failure.ts';
import { parseRuleAction, type RuleAction } from '../../config/rule-action.ts';
import type { RuleSettings } from '../../config/rule-settings.ts';
import { loadRules } from '../../node/rules/load-rules.ts';

/** What it took. Times of look-ups are those of all of a decision: site, rules, route. */
export interface RulesLoad {
  readonly fileBytes: number;
  readonly loadMs: number;
  /** The longest time in which the process could do nothing else. */
  readonly longestPauseMs: number;
  /** Resident memory above what there was before, at most meanwhile and in the end. */
  readonly peakBytes: number;
  readonly keptBytes: number;
  readonly knownUs: number;
  readonly otherUs: number;
}

const LOOK_UPS = 400_000;

const RULES: readonly RuleSettings[] = [
  { suffixes: ['one.example', 'two.example'], ports: [{ first: 443, last: 443 }], to: action('exit 3') },
  { keywords: ['qqzzqq', 'xxyyxx'], to: action('not countries US') },
  { lists: ['list.txt'], to: action('block') },
  { networks: ['private'], to: action('auto') },
];

const folder = process.argv[2]!;
const { known, others } = JSON.parse(readFileSync(join(folder, 'names.json'), 'utf8')) as {
  readonly known: readonly string[];
  readonly others: readonly string[];
};
globalThis.gc?.();
const before = process.memoryUsage.rss();
const watched = { lastMs: performance.now(), longestPauseMs: 0, peakBytes: before };
let isOver = false;
watch();
const startedMs = performance.now();
const loaded = await loadRules({ config: { rules: RULES }, configPath: join(folder, 'uservpn.yaml'), seed: 7 });
const loadMs = performance.now() - startedMs;
isOver = true;
if (loaded.type === 'broken') throw new Error(loaded.problems.join('\n'));
const { router } = loaded;
globalThis.gc?.();
const keptBytes = process.memoryUsage.rss() - before;
const report: RulesLoad = {
  fileBytes: statSync(join(folder, 'list.txt')).size,
  loadMs,
  longestPauseMs: watched.longestPauseMs,
  peakBytes: watched.peakBytes - before,
  keptBytes,
  knownUs: lookUpUs(known),
  otherUs: lookUpUs(others),
};
process.stdout.write(JSON.stringify(report));

function action(text: string): RuleAction {
  const parsed = parseRuleAction(text);
  if (isFailure(parsed)) throw new Error(parsed.error);
  return parsed;
}

function watch(): void {
  const nowMs = performance.now();
  watched.longestPauseMs = Math.max(watched.longestPauseMs, nowMs - watched.lastMs);
  watched.peakBytes = Math.max(watched.peakBytes, process.memoryUsage.rss());
  watched.lastMs = performance.now();
  if (!isOver) setImmediate(watch);
}

function lookUpUs(names: readonly string[]): number {
  const targets = names.map((name) => ({ host: { type: 'name', name }, port: 443 }) as const);
  const ask = (times: number): number => {
    const fromMs = performance.now();
    for (let i = 0; i < times; i++) router.route(targets[i % targets.length]!);
    return performance.now() - fromMs;
  };
  ask(LOOK_UPS / 4);
  return (ask(LOOK_UPS) * 1_000) / LOOK_UPS;
}
