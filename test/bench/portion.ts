import { DEFAULT_PORTION, type PortionSettings } from '../../mesh/session/portion.ts';
import { fetchAll } from '../fixtures/session-fetches.ts';
import type { SimLinkOptions } from '../fixtures/sim/sim-link-options.ts';

const FETCHES = 1_000;
const FETCH_BYTES = 15_000;
const RELAY = { delayMs: 65 };
const NONE: PortionSettings = { share: 0, isSplit: false };

/** 100 ms there and back and 2 % loss, in runs of so many packets on average; 0: nothing is lost. */
function link(meanRun: number): Partial<SimLinkOptions> {
  if (meanRun === 0) return { delayMs: 50 };
  if (meanRun === 1) return { delayMs: 50, lossRate: 0.02 };
  return { delayMs: 50, burstLoss: { enterRate: 0.02 / 0.98 / meanRun, leaveRate: 1 / meanRun, lossRate: 1 } };
}

/** How long 1,000 fetches took, in ascending order, and the share that was relayed of what the exit sent. */
interface Fetches {
  readonly durationsMs: readonly number[];
  readonly share: number;
}

/** In one session, 100 ms apart. */
function inOneSession(meanRun: number, portion: PortionSettings): Fetches {
  const { durationsMs, pair } = fetchAll({
    ...{ seed: 1, link: link(meanRun), relay: RELAY, portion },
    ...{ count: FETCHES, bytes: FETCH_BYTES, pauseMs: 100 },
  });
  const { sentBytes, relayedBytes } = pair.b.session.shareFigures(pair.queue.nowMs);
  return { durationsMs, share: relayedBytes / sentBytes };
}

/** One fetch, the first or a later one, in each of many sessions, which know little of their paths yet. */
function inNewSessions(count: number, meanRun: number, portion: PortionSettings): Fetches {
  let sent = 0;
  let relayed = 0;
  const durationsMs = Array.from({ length: FETCHES }, (_, seed) => {
    const { pair, inOrderMs } = fetchAll({
      ...{ seed, link: link(meanRun), relay: RELAY, portion },
      ...{ count, bytes: FETCH_BYTES, pauseMs: 100 },
    });
    const { sentBytes, relayedBytes } = pair.b.session.shareFigures(pair.queue.nowMs);
    sent += sentBytes;
    relayed += relayedBytes;
    return inOrderMs.at(-1)!;
  });
  return { durationsMs: durationsMs.toSorted((a, b) => a - b), share: relayed / sent };
}

/** Rows of a table: fetches of 15 KB over a direct way of 100 ms with 2 % loss, beside one of 130 ms by a relay. */
export function benchPortion(): string[] {
  const rows: string[] = [];
  for (const [what, run] of [
    ['one session, nothing lost', (portion: PortionSettings) => inOneSession(0, portion)],
    ['one session, losses one by one', (portion: PortionSettings) => inOneSession(1, portion)],
    ['one session, losses in twos', (portion: PortionSettings) => inOneSession(2, portion)],
    ['one session, losses in threes', (portion: PortionSettings) => inOneSession(3, portion)],
    [
      'the first in each of 1,000 new sessions, nothing lost',
      (portion: PortionSettings) => inNewSessions(1, 0, portion),
    ],
    ['the first in each of 1,000 new sessions', (portion: PortionSettings) => inNewSessions(1, 1, portion)],
    ['the third in each of 1,000 new sessions', (portion: PortionSettings) => inNewSessions(3, 1, portion)],
  ] as const) {
    for (const portion of [NONE, DEFAULT_PORTION]) {
      const { durationsMs, share } = run(portion);
      const at = [0.5, 0.9, 0.99, 0.995, 0.999].map((part) => durationsMs[Math.ceil(part * FETCHES) - 1]!.toFixed(0));
      const shares = [`${100 * portion.share} %`, `${(100 * share).toFixed(1)} %`];
      rows.push(['', what, ...shares, ...at, ''].join(' | ').trim());
    }
  }
  return [
    '| 1,000 fetches of 15 KB | share asked for | by a relay | p50, ms | p90 | p99 | p99.5 | p99.9 |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ];
}
