import t from 'tap';
import { isComplete, load, makePair, openOne } from '../../fixtures/session-loads.ts';
import { DatagramCarrier } from '../../fixtures/sim/sim-carrier.ts';

t.test('a path goes, another takes over, and nothing is lost', async (t) => {
  const pair = makePair(t, { there: { rateMbps: 20, delayMs: 10 } });
  const loads = load(pair, { writeBytes: 600_000, readBytes: 600_000 });
  pair.runFor(100);
  pair.addPath(128, { there: { rateMbps: 20, delayMs: 30 } }, false);
  t.equal(pair.a.session.activePath?.id, 0);
  pair.a.session.activate(128);
  t.equal(pair.a.session.activePath?.id, 128);
  pair.runFor(50);
  pair.dropPath(0);
  t.equal(pair.b.session.activePath?.id, 128);
  t.ok(pair.runUntil(isComplete(loads), 10_000), loads.map(({ progress }) => progress).join('; '));
  pair.a.session.activate(0);
  t.equal(pair.a.session.activePath?.id, 128, 'a path without a link is not activated');
});

t.test('no link at all: everything waits, and death comes in time', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const { near } = openOne(pair);
  pair.runFor(10_000);
  pair.dropPath(0);
  t.equal(pair.a.session.activePath, null);
  pair.runFor(3_600_000);
  t.notOk(pair.a.session.isEnded, 'nothing waits');
  near.write(new Uint8Array(10));
  pair.runFor(4_400);
  t.notOk(pair.a.session.isEnded);
  pair.runFor(200);
  t.ok(pair.a.session.isEnded);
});

t.test('a link comes back in time', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const loads = load(pair);
  pair.runFor(25);
  pair.dropPath(0);
  pair.runFor(4_000);
  pair.addPath(0, {}, true);
  t.ok(pair.runUntil(isComplete(loads), 5_000), loads.map(({ progress }) => progress).join('; '));
});

t.test('a reliable link: backpressure, no repair, large packets', async (t) => {
  const pair = makePair(t, {
    there: { rateMbps: 10, delayMs: 20 },
    maxPayloadBytes: 65_471,
    reliableBufferBytes: 100_000,
  });
  const loads = load(pair, { writeBytes: 2_000_000, readBytes: 2_000_000 });
  t.ok(pair.runUntil(isComplete(loads), 10_000), loads.map(({ progress }) => progress).join('; '));
  const { carriers } = pair.paths.get(0)!;
  for (const carrier of carriers) {
    if (carrier instanceof DatagramCarrier) throw new Error('not reliable');
    t.ok(carrier.peakWaitingBytes < 100_000 + 65_471, `${carrier.peakWaitingBytes} bytes wait at most`);
  }
  pair.runFor(2_000);
  t.equal(pair.a.session.wakeAtMs, Infinity);
  t.equal(pair.b.session.stats.bytesInFlight, 0);
});

t.test('from a reliable link that died mid-way to datagrams', async (t) => {
  const pair = makePair(t, {
    there: { rateMbps: 10, delayMs: 20 },
    maxPayloadBytes: 65_471,
    reliableBufferBytes: 300_000,
  });
  const loads = load(pair, { writeBytes: 1_000_000, readBytes: 1_000_000 });
  pair.runFor(300);
  pair.paths.get(0)!.there.up = false;
  pair.paths.get(0)!.back.up = false;
  pair.addPath(1, { there: { rateMbps: 10, delayMs: 20 } }, true);
  pair.dropPath(0);
  t.ok(pair.runUntil(isComplete(loads), 20_000), loads.map(({ progress }) => progress).join('; '));
});

t.test('a restart: every stream hears session-gone once, and new ones work', async (t) => {
  const pair = makePair(t, { there: { rateMbps: 20, delayMs: 10 } });
  const old = load(pair, { writeBytes: 500_000, readBytes: 500_000 });
  pair.runFor(100);
  pair.restart();
  t.same(
    old.map(({ cut }) => cut),
    ['session-gone', 'session-gone'],
  );
  const loads = load(pair);
  t.ok(pair.runUntil(isComplete(loads), 5_000));
  t.same(
    old.map(({ failure }) => failure),
    [null, null],
  );
});
