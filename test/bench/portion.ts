import { DEFAULT_PORTION, type PortionSettings } from '../../mesh/session/portion.ts';
import { fetchAll } from '../fixtures/session-fetches.ts';
import type { SimLinkOptions } from '../fixtures/sim/sim-link-options.ts';

const FETCHES = 1_000;
const FETCH_BYTES = 15_000;
const RELAY = { delayMs: 65 };
const NONE: PortionSettings = { share: 0, isSplit: false };

/** 100 ms there and back and 2 % loss, in runs of so many packets on average. */
function link(meanRun: number): Partial<SimLinkOptions> {
  if (meanRun === 1) return { delayMs: 50, lossRate: 0.02 };
  return { delayMs: 50, burstLoss: { enterRate: 0.02 / 0.98 / meanRun, leaveRate: 1 / meanRun, lossRate: 1 } };
}

/** In one session, 100 ms apart; the share that was relayed of what the exit sent. */
function inOneSession(meanRun: number, portion: PortionSettings): { durationsMs: readonly number[]; share: number } {
  const { durationsMs, pair } = fetchAll({
    ...{ seed: 1, link: link(meanRun), relay: RELAY, portion },
    ...{ count: FETCHES, bytes: FETCH_BYTES, pauseMs: 100 },
  });
  const { sentBytes, relayedBytes } = pair.b.session.shareFigures(pair.queue.nowMs);
  return { durationsMs, share: relayedBytes / sentBytes };
}

/** The third fetch in each of many sessions, which know little of their paths yet. */
function inNewSessions(portion: PortionSettings): { durationsMs: readonly number[]; share: number } {
  let sent = 0;
  let relayed = 0;
  const durationsMs = Array.from({ length: FETCHES }, (_, seed) => {
    const { pair, inOrderMs } = fetchAll({
      ...{ seed, link: link(1), relay: RELAY, portion },
      ...{ count: 3, bytes: FETCH_BYTES, pauseMs: 100 },
    });
    const { sentBytes, relayedBytes } = pair.b.session.shareFigures(pair.queue.nowMs);
    sent += sentBytes;
    relayed += relayedBytes;
    return inOrderMs[2]!;
  });
  return { durationsMs: durationsMs.sort((a, b) => a - b), share: relayed / sent };
}

/** Rows of a table: fetches of 15 KB over a direct way of 100 ms with 2 % loss, beside one of 130 ms by a relay. */
export function benchPortion(): string[] {
  const rows: string[] = [];
  for (const [what, run] of [
    ['one session, losses one by one', (portion: PortionSettings) => inOneSession(1, portion)],
    ['one session, losses in twos', (portion: PortionSettings) => inOneSession(2, portion)],
    ['one session, losses in threes', (portion: PortionSettings) => inOneSession(3, portion)],
    ['the third in each of 1,000 new sessions', inNewSessions],
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
