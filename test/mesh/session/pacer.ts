import t from 'tap';
import { Pacer } from '../../../mesh/session/pacer.ts';

const PACKET = 1_232;

/** Sends full packets whenever the pacer lets it, from 0 until `untilMs`; returns when each went out. */
function sendAll(pacer: Pacer, bytesPerMs: number, untilMs: number): number[] {
  const sentAtMs: number[] = [];
  for (let nowMs = 0; nowMs < untilMs;) {
    if (pacer.allows(bytesPerMs, nowMs)) {
      pacer.spend(PACKET);
      sentAtMs.push(nowMs);
    } else {
      const readyAtMs = pacer.readyAtMs(bytesPerMs);
      if (!(readyAtMs > nowMs)) throw new Error('time stands still');
      nowMs = readyAtMs;
    }
  }
  return sentAtMs;
}

t.test('keeps the rate, in bursts of at most 2 ms of it', async (t) => {
  for (const bytesPerMs of [10, 125, 1_250, 12_500, 125_000]) {
    const pacer = new Pacer(PACKET);
    const burstBytes = pacer.burstBytes(bytesPerMs);
    const durationMs = Math.max(100, (1_000 * PACKET) / bytesPerMs / 10);
    const sentAtMs = sendAll(pacer, bytesPerMs, durationMs);
    const expected = (bytesPerMs * durationMs) / PACKET;
    t.ok(sentAtMs.length >= expected * 0.97 - 2, `${bytesPerMs}: ${sentAtMs.length} of ${expected}`);
    t.ok(sentAtMs.length <= expected + burstBytes / PACKET + 1, `${bytesPerMs}: no more than the rate and a burst`);
    const atStart = sentAtMs.filter((atMs) => atMs === 0).length;
    t.ok(atStart <= Math.ceil(burstBytes / PACKET) + 1, `${atStart} at once`);
  }
});

t.test('a burst has at least 2 packets and at most 256', async (t) => {
  const pacer = new Pacer(PACKET);
  t.equal(pacer.burstBytes(1), 2 * PACKET);
  t.equal(pacer.burstBytes(PACKET * 5), 10 * PACKET);
  t.equal(pacer.burstBytes(1e9), 256 * PACKET);
});

t.test('idle time earns one burst, not more', async (t) => {
  const pacer = new Pacer(PACKET);
  t.ok(pacer.allows(100, 0));
  pacer.spend(PACKET);
  let sent = 0;
  while (pacer.allows(100, 60_000)) {
    pacer.spend(PACKET);
    sent++;
  }
  t.equal(sent, 2);
});
