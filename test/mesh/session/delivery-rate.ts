import t from 'tap';
import { DeliveryRate } from '../../../mesh/session/delivery-rate.ts';
import type { SentPacket } from '../../../mesh/session/sent-packets.ts';

/** Sends packets of 1,000 bytes over a pipe with this rate and delay, one each `sendEachMs`. */
function measure(bytesPerMs: number, delayMs: number, count: number, sendEachMs: number): number[] {
  const rate = new DeliveryRate();
  const samples: number[] = [];
  const inFlight: { packet: SentPacket; acknowledgedAtMs: number }[] = [];
  let busyUntilMs = 0;
  let nextAtMs = 0;
  for (let sent = 0; sent < count || inFlight.length > 0;) {
    const acknowledgedAtMs = inFlight[0]?.acknowledgedAtMs ?? Infinity;
    if (sent < count && nextAtMs <= acknowledgedAtMs) {
      const nowMs = nextAtMs;
      busyUntilMs = Math.max(nowMs, busyUntilMs) + 1_000 / bytesPerMs;
      const snapshot = rate.snapshot(nowMs, inFlight.length * 1_000);
      const packet = { packetNumber: sent++, sentAtMs: nowMs, bytes: 1_000, frames: [], ...snapshot };
      inFlight.push({ packet, acknowledgedAtMs: busyUntilMs + 2 * delayMs });
      nextAtMs += sendEachMs;
    } else {
      const { packet } = inFlight.shift()!;
      rate.delivered(packet, acknowledgedAtMs);
      const sample = rate.sample(packet);
      if (sample !== null) samples.push(sample.bytesPerMs);
    }
  }
  return samples;
}

t.test('a full pipe shows its rate, never more', async (t) => {
  for (const bytesPerMs of [100, 1_000, 10_000]) {
    const roundTripPackets = (40 * bytesPerMs) / 1_000;
    const samples = measure(bytesPerMs, 20, Math.ceil(10 * roundTripPackets) + 50, 900 / bytesPerMs);
    t.ok(Math.max(...samples) <= bytesPerMs * 1.0001, `${Math.max(...samples)} of ${bytesPerMs}`);
    t.ok(samples.at(-1)! > bytesPerMs * 0.9, `${samples.at(-1)} of ${bytesPerMs}`);
  }
});

t.test('a slow sender shows its own rate', async (t) => {
  const samples = measure(10_000, 20, 300, 2);
  t.ok(samples.slice(50).every((sample) => sample <= 501));
});

t.test('what the application held back says so', async (t) => {
  const rate = new DeliveryRate();
  const send = (nowMs: number, inFlight: number): SentPacket => ({
    packetNumber: 0,
    sentAtMs: nowMs,
    bytes: 1_000,
    frames: [],
    ...rate.snapshot(nowMs, inFlight),
  });
  const zeroth = send(0, 0);
  rate.delivered(zeroth, 0.5);
  const first = send(0.5, 1_000);
  rate.markAppLimited(1_000);
  const second = send(1, 1_000);
  rate.delivered(first, 50);
  t.equal(rate.sample(first)?.isAppLimited, false);
  rate.delivered(second, 51);
  t.equal(rate.sample(second)?.isAppLimited, true);
  const third = send(60, 1_000);
  rate.delivered(third, 110);
  t.equal(rate.sample(third)?.isAppLimited, false, 'what was in flight then is gone');
  t.equal(rate.deliveredBytes, 4_000);
});

t.test('the first flight after idleness shows how much there was, not how much the path carries', async (t) => {
  const rate = new DeliveryRate();
  const send = (nowMs: number, inFlight: number): SentPacket => ({
    packetNumber: 0,
    sentAtMs: nowMs,
    bytes: 1_000,
    frames: [],
    ...rate.snapshot(nowMs, inFlight),
  });
  const last = send(0, 0);
  rate.delivered(last, 100);
  const flight = [send(500, 0), send(501, 1_000)];
  t.same(
    flight.map(({ isAppLimited }) => isAppLimited),
    [true, true],
  );
  for (const packet of flight) rate.delivered(packet, 600);
  t.equal(send(600, 1_000).isAppLimited, false, 'the next one is sent because the window is open');
});

t.test('no time, no sample', async (t) => {
  const rate = new DeliveryRate();
  const packet = { packetNumber: 0, sentAtMs: 5, bytes: 100, frames: [], ...rate.snapshot(5, 0) };
  rate.delivered(packet, 5);
  t.equal(rate.sample(packet), null);
});
