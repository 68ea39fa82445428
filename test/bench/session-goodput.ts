import { SessionPair } from '../fixtures/session-pair.ts';
import { EventQueue } from '../fixtures/sim/event-queue.ts';

/** How long a download runs, and how much of its start is not counted, in virtual ms. */
const RUN_MS = 12_000;
const WARM_UP_MS = 4_000;

/** A link of the grid. */
interface Case {
  readonly rttMs: number;
  readonly lossPercent: number;
  readonly rateMbps: number;
}

const GRID: readonly Case[] = [20, 100, 200].flatMap((rttMs) =>
  [0, 1, 5].flatMap((lossPercent) => [20, 100].map((rateMbps) => ({ rttMs, lossPercent, rateMbps }))),
);

/** One download through a session in virtual time, 200 ms of queue at the bottleneck; the figures don't depend on the machine. */
function goodputMbps({ rttMs, lossPercent, rateMbps }: Case): { readonly mbps: number; readonly queueMs: number } {
  const queue = new EventQueue();
  const there = { delayMs: rttMs / 2, lossRate: lossPercent / 100, rateMbps, queueMs: 200 };
  const pair = new SessionPair({ seed: 1, queue, there });
  let bytesRead = 0;
  pair.b.onStream = (stream) => {
    stream.accept({ host: { type: 'ip', bytes: Uint8Array.of(127, 0, 0, 1) }, port: 1 }, 0);
    stream.onEvent = (event) => {
      if (event.type !== 'readable') return;
      for (let piece = stream.read(); piece !== null; piece = stream.read()) bytesRead += piece.length;
    };
  };
  const stream = pair.a.session.openStream({ host: { type: 'name', name: 'site.example' }, port: 80 }, 0);
  const chunk = new Uint8Array(65_536);
  stream.onEvent = () => {
    while (stream.bufferedBytes < stream.highWaterBytes) stream.write(chunk);
  };
  pair.runUntil(() => false, WARM_UP_MS);
  const before = bytesRead;
  const link = pair.paths.get(0)!.there;
  link.resetCounters();
  pair.runUntil(() => false, RUN_MS - WARM_UP_MS);
  const mbps = ((bytesRead - before) * 8) / (RUN_MS - WARM_UP_MS) / 1_000;
  return { mbps, queueMs: link.counters.meanQueueMs };
}

/** Rows of a table: round trip, loss, rate, goodput, mean queue. */
export function benchSessionGoodput(): string[] {
  const rows = GRID.map((each) => {
    const { mbps, queueMs } = goodputMbps(each);
    const share = Math.round((100 * mbps) / each.rateMbps);
    return `| ${each.rttMs} | ${each.lossPercent} | ${each.rateMbps} | ${mbps.toFixed(1)} | ${share} % | ${queueMs.toFixed(0)} |`;
  });
  return [
    '| RTT, ms | loss, % | rate, Mbit/s | goodput, Mbit/s | of the rate | mean queue, ms |',
    '|---|---|---|---|---|---|',
    ...rows,
  ];
}
