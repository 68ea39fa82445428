import { MAX_PINGS } from '../control/control-request.ts';
import { pingReportSchema, type PingReport } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { UserError } from '../user-error.ts';
import { formatRtt } from './amounts.ts';
import { askRunningNode } from './ask-running-node.ts';
import { findNode } from './find-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';

interface PingTexts extends GlobalOptions, JsonOption {
  readonly node: string;
  readonly count: number;
  readonly interval: number;
}

/** Pings a node and shows each answer as it comes, and what they sum up to, also on Ctrl-C; fails where none came. */
export async function runPing(options: PingTexts): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  const node = await findNode(place, 'The argument of ping', options.node, options);
  const { count, interval } = options;
  if (!Number.isInteger(count) || count < 1 || count > MAX_PINGS) {
    throw new UserError('usage', `--count has to be a whole number from 1 to ${MAX_PINGS}.`);
  }
  if (!(interval >= 0.01 && interval <= 60))
    throw new UserError('usage', '--interval has to be from 0.01 to 60 seconds.');
  const answers: PingReport[] = [];
  const show = (answer: PingReport): void => {
    answers.push(answer);
    if (options.json) printJson(answer);
    else print(`node ${node}: ${answer.rttMs === null ? 'no answer' : formatRtt(answer.rttMs)}`);
  };
  const request = { do: 'ping', node, count, everyMs: Math.round(interval * 1000) } as const;
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  await askRunningNode(place, request, pingReportSchema, show, { config: options.config, signal: stop.signal });
  process.off('SIGINT', interrupt);
  const rtts = answers.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs]));
  if (rtts.length === 0) throw new UserError('failed', `Node ${node} did not answer. Is it up? See: uservpn nodes`);
  if (!options.json && answers.length > 1) print(summary(rtts, answers.length));
}

function summary(rtts: readonly number[], sent: number): string {
  const mean = rtts.reduce((sum, rttMs) => sum + rttMs, 0) / rtts.length;
  const [least, most] = [Math.min(...rtts), Math.max(...rtts)];
  return `${rtts.length} of ${sent} answered; min ${formatRtt(least)}, mean ${formatRtt(mean)}, max ${formatRtt(most)}`;
}
