import { measureBulk } from '../fixtures/bulk-transfer.ts';
import { measureFetches } from '../fixtures/short-fetch.ts';

/** A link of the grid. */
interface Case {
  readonly rttMs: number;
  readonly lossPercent: number;
  readonly rateMbps: number;
  readonly jitterMs: number;
  readonly queueMs: number;
}

const PLAIN: readonly Case[] = [20, 100, 200, 300].flatMap((rttMs) =>
  [0, 1, 5, 10, 20].flatMap((lossPercent) =>
    [5, 20, 50, 100].map((rateMbps) => ({ rttMs, lossPercent, rateMbps, jitterMs: 0, queueMs: 200 })),
  ),
);

const SPECIAL: readonly Case[] = [
  { rttMs: 20, lossPercent: 0, rateMbps: 1_000, jitterMs: 0, queueMs: 200 },
  { rttMs: 100, lossPercent: 1, rateMbps: 1_000, jitterMs: 0, queueMs: 200 },
  { rttMs: 100, lossPercent: 1, rateMbps: 50, jitterMs: 20, queueMs: 200 },
  { rttMs: 300, lossPercent: 3, rateMbps: 20, jitterMs: 20, queueMs: 200 },
  { rttMs: 100, lossPercent: 0, rateMbps: 20, jitterMs: 0, queueMs: 5 },
  { rttMs: 100, lossPercent: 1, rateMbps: 20, jitterMs: 0, queueMs: 5 },
  { rttMs: 100, lossPercent: 0, rateMbps: 20, jitterMs: 0, queueMs: 500 },
];

/** Rows of a table: a link, what a download makes of it, and how long short fetches take; jitter reorders. */
export function benchSessionGoodput(): string[] {
  const rows = [...PLAIN, ...SPECIAL].map(({ rttMs, lossPercent, rateMbps, jitterMs, queueMs }) => {
    const lossRate = lossPercent / 100;
    const link = { delayMs: rttMs / 2, lossRate, rateMbps, jitterMs, keepsOrder: jitterMs === 0, queueMs };
    const bulk = measureBulk(1, link, rateMbps > 100 ? 2_000 : 8_000);
    const [coldMs, ...warm] = measureFetches(1, link, 11);
    const warmMs = warm.toSorted((a, b) => a - b)[5]!;
    const share = Math.round((100 * bulk.utilisation) / (1 - lossRate));
    return [
      '',
      ...[rttMs, jitterMs, lossPercent, rateMbps, queueMs],
      ...[bulk.goodputMbps.toFixed(1), `${share} %`, bulk.meanQueueMs.toFixed(0), bulk.maxQueueMs.toFixed(0)],
      ...[`${(100 * bulk.resentShare).toFixed(1)} %`, coldMs!.toFixed(0), warmMs.toFixed(0)],
      '',
    ]
      .join(' | ')
      .trim();
  });
  return [
    '| RTT, ms | jitter, ms | loss, % | rate, Mbit/s | buffer, ms | goodput, Mbit/s | of what is possible | mean queue, ms | longest, ms | sent again | 100 KB cold, ms | warm, ms |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ];
}
