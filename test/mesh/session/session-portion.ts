// What goes by way of other nodes, from session to session (PROTOCOL section 7).
import t from 'tap';
import { fetchAll, type FetchOptions } from '../../fixtures/session-fetches.ts';

const LOSSY: FetchOptions['link'] = { delayMs: 50, lossRate: 0.02 };
/** 2 % as well, three in a row on average. */
const BURSTS: FetchOptions['link'] = {
  delayMs: 50,
  burstLoss: { enterRate: 0.02 / 0.98 / 3, leaveRate: 1 / 3, lossRate: 1 },
};
const RELAY = { delayMs: 65 };

/** The duration that all but so many of a thousand are within, in ms. */
function slowest(durationsMs: readonly number[], perMille: number): number {
  return durationsMs[Math.ceil((durationsMs.length * (1_000 - perMille)) / 1_000) - 1]!;
}

function run(link: FetchOptions['link'], share: number, options: Partial<FetchOptions> = {}) {
  const portion = { share, isSplit: false };
  return fetchAll({ seed: 1, link, relay: RELAY, portion, count: 300, bytes: 15_000, pauseMs: 100, ...options });
}

t.test('the slowest of many short fetches are quicker', async (t) => {
  for (const [what, link, perMille] of [
    ['losses one by one', LOSSY, 5],
    ['losses in bursts', BURSTS, 10],
  ] as const) {
    const [none, some] = [run(link, 0), run(link, 0.1)];
    const [noneMs, someMs] = [slowest(none.durationsMs, perMille), slowest(some.durationsMs, perMille)];
    t.comment(`${what}: ${noneMs} and ${someMs} ms`);
    t.ok(someMs < 0.8 * noneMs, `${what}: ${someMs} instead of ${noneMs} ms`);
    t.ok(slowest(some.durationsMs, 500) <= slowest(none.durationsMs, 500) + 3, 'and most are no slower');
    const { sentBytes } = none.pair.b.session.shareFigures(0);
    t.ok(some.pair.b.session.shareFigures(0).sentBytes < 1.2 * sentBytes, 'at no more than 20 % more bytes');
  }
});

t.test('the measured share is never below what was configured, at either end', async (t) => {
  for (const share of [0.1, 0.4]) {
    for (const bytes of [100, 15_000, 400_000]) {
      const { pair } = run(LOSSY, share, { count: 12, bytes });
      for (const { session } of [pair.a, pair.b]) {
        const { sentBytes, relayedBytes } = session.shareFigures(pair.queue.nowMs);
        // The first fetch finds out that there is another way.
        t.ok(relayedBytes >= share * sentBytes * (11 / 12), `${share}: ${relayedBytes} of ${sentBytes}`);
      }
    }
  }
});
