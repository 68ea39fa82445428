import { drainReportSchema, type DrainReport } from '../control/reports.ts';
import { MAX_BACK_IN_S, MAX_STOP_AFTER_S } from '../control/control-request.ts';
import { parseSeconds } from '../setup/parse-options.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { UserError } from '../user-error.ts';
import { formatTime } from './amounts.ts';
import { askRunningNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';

interface DrainTexts extends GlobalOptions, JsonOption {
  readonly off: boolean | undefined;
  readonly 'stop-after': string | undefined;
  readonly 'back-in': string | undefined;
}

/** Tells the running node that it is about to leave, or that it stays. */
export async function runDrain(options: DrainTexts): Promise<void> {
  const stopAfterS = secondsOf('--stop-after', options['stop-after'], MAX_STOP_AFTER_S);
  const backInS = secondsOf('--back-in', options['back-in'], MAX_BACK_IN_S);
  if (backInS !== null && stopAfterS === null) {
    throw new UserError(
      'usage',
      '--back-in counts from when the node stops; add --stop-after, such as --stop-after 1m.',
    );
  }
  const place = findNodePlace(configPathOf(options));
  const show = (report: DrainReport): void => (options.json ? printJson(report) : print(describe(report)));
  const request = options.off === true ? ({ do: 'undrain' } as const) : ({ do: 'drain', stopAfterS, backInS } as const);
  await askRunningNode(place, request, drainReportSchema, show, options);
}

/** Null where nothing was said. */
function secondsOf(option: string, text: string | undefined, max: number): number | null {
  if (text === undefined) return null;
  const seconds = parseSeconds(option, text);
  if (seconds > max) throw new UserError('usage', `${option}: at most ${max} seconds.`);
  return seconds;
}

function describe({ draining, leavesAtS, streams }: DrainReport): string {
  if (!draining) return 'This node stays: new sites may come again.';
  const end = leavesAtS === null ? '' : ` It stops at ${formatTime(leavesAtS * 1_000)}.`;
  return `This node is draining: new sites go elsewhere. Connections that are open go on, ${streams} here as an exit.${end}`;
}
