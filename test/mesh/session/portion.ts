import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { Portion } from '../../../mesh/session/portion.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

function path(id: number, rttMs: number): SessionPath {
  const made = new SessionPath(id, new RecordingCarrier({ relayCount: id }));
  made.rtt.update(rttMs, 0, 0);
  return made;
}

t.test('the account: a tenth of what is sent while another way lives, less what went there', async (t) => {
  const portion = new Portion({ share: 0.1, isSplit: false });
  portion.count(10_000, false, true, 0);
  t.equal(portion.owedBytes, 1_000);
  portion.count(1_000, true, true, 0);
  t.equal(portion.owedBytes, 100);
  portion.count(10_000, false, false, 0);
  t.equal(portion.owedBytes, 0, 'no other way, no debt');
  portion.count(1_000_000, true, true, 0);
  t.equal(portion.owedBytes, -98_304, 'little is counted for later');
  t.notOk(portion.mayHelp);
  portion.count(1_000, false, true, 1_001);
  t.equal(portion.owedBytes, 100, 'and nothing after a pause');
  portion.count(10_000_000, false, true, 1_001);
  t.equal(portion.owedBytes, 65_536);
  t.equal(portion.meter.figures(1_001).refusedBytes, 1_000_100 - 65_536, 'the rest could not be taken');
  t.ok(portion.isOverdue);
  portion.forgive();
  t.equal(portion.owedBytes, 0);
  t.equal(portion.meter.figures(1_001).refusedBytes, 1_000_100, 'nor what was owed until now');
  t.ok(portion.mayHelp);
});

t.test('when data is due', async (t) => {
  for (const [share, isSplit, isDue] of [
    [0.1, false, [true, true, false]],
    [0.1, true, [true, false, false]],
    [0.6, false, [true, true, false]],
  ] as const) {
    const portion = new Portion({ share, isSplit });
    t.equal(portion.isSplit, isSplit || share > 0.5, 'copies can make up half at most');
    const seen = [0, 1_000, 10_000].map((bytes) => {
      if (bytes > 0) portion.count(bytes, true, true, 0);
      return portion.isDue(1_232);
    });
    t.same(seen, isDue, `${share}`);
  }
});

t.test('data goes by the other way in runs, as long as the path in use is fast', async (t) => {
  for (const [sendBytesPerMs, isSplit, packets] of [
    [1_250, false, 1],
    [12_500, false, 6],
    [125_000, false, 45],
    [1_250_000, false, 45],
    [125_000, true, 1],
  ] as const) {
    const portion = new Portion({ share: 0.1, isSplit });
    const runs: number[] = [];
    portion.flows(sendBytesPerMs, 0);
    for (let sent = 0; sent < 2_000; sent++) {
      let run = 0;
      while (portion.isDue(1_232)) {
        portion.count(1_232, true, true, 0);
        run++;
      }
      if (run > 0) runs.push(run);
      t.ok(portion.owedBytes <= 0, 'the share never falls short');
      portion.count(1_232, false, true, 0);
    }
    t.same([...new Set(runs.slice(1, -1))], [packets], `${sendBytesPerMs} bytes a ms`);
  }
});

function choose(options: { sentBytes: number; unsentBytes: number; rttMs: number; steadyMs?: number }) {
  const { sentBytes, unsentBytes, rttMs, steadyMs = 0 } = options;
  const streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  const stream = streams.open(SOMEWHERE);
  stream.sending.grant(1e9);
  stream.sending.write(new Uint8Array(sentBytes + unsentBytes));
  stream.dataSent({ offset: 0, bytes: sentBytes, last: false });
  streams.queue.update(stream);
  const portion = new Portion({ share: 0.1, isSplit: false });
  portion.flows(0, 1_000);
  const chosen = portion.streamFor(streams.queue, true, path(0, 100), path(1, rttMs), 1_000 + steadyMs);
  return chosen === stream;
}

t.test('data goes by the other way where it arrives no later, or where nobody waits for it', async (t) => {
  // Nothing is known of the path's rate but 32 packets a round trip, 2.77 times as fast: 1,092 bytes a ms.
  const bulk = { sentBytes: 200_000, unsentBytes: 100_000, rttMs: 130 };
  t.ok(choose(bulk));
  t.notOk(choose({ ...bulk, unsentBytes: 20_000 }), 'it would be the last to arrive');
  t.ok(choose({ ...bulk, unsentBytes: 20_000, rttMs: 90 }), 'unless the other way is quicker');
  t.ok(choose({ ...bulk, unsentBytes: 20_000, steadyMs: 100 }), 'or more is to be expected');
  t.notOk(choose({ ...bulk, unsentBytes: 20_000, steadyMs: 100, rttMs: 400 }), 'for long enough');
  t.notOk(choose({ ...bulk, sentBytes: 100_000 }), 'first bytes have parity');
  t.notOk(choose({ ...bulk, sentBytes: 1_000 }), 'new streams go first');
});

t.test('a pause ends the steady flow', async (t) => {
  const streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  const stream = streams.open(SOMEWHERE);
  stream.sending.grant(1e9);
  stream.sending.write(new Uint8Array(220_000));
  stream.dataSent({ offset: 0, bytes: 200_000, last: false });
  streams.queue.update(stream);
  const portion = new Portion({ share: 0.1, isSplit: false });
  const [active, alternate] = [path(0, 100), path(1, 130)];
  const isTaken = (nowMs: number) => portion.streamFor(streams.queue, true, active, alternate, nowMs) !== null;
  for (let nowMs = 0; nowMs <= 110; nowMs += 10) {
    portion.flows(0, nowMs);
    portion.paused(nowMs);
  }
  t.ok(isTaken(110));
  portion.paused(115);
  portion.flows(0, 123);
  t.notOk(isTaken(123), 'however often there is nothing in between');
});

t.test('what does not answer gets no data', async (t) => {
  const streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  const stream = streams.open(SOMEWHERE);
  stream.sending.grant(1e9);
  stream.sending.write(new Uint8Array(400_000));
  stream.dataSent({ offset: 0, bytes: 200_000, last: false });
  streams.queue.update(stream);
  const portion = new Portion({ share: 0.1, isSplit: false });
  const alternate = path(1, 100);
  alternate.send(new Uint8Array(1), [{ type: 'once' }], 0);
  const { probeTimeoutMs } = alternate.rtt;
  const isTaken = (nowMs: number) => portion.streamFor(streams.queue, true, path(0, 100), alternate, nowMs) !== null;
  t.ok(isTaken(probeTimeoutMs - 1));
  t.notOk(isTaken(probeTimeoutMs));
});

t.test('a way that loses a lot is given less, and more again when it does not', async (t) => {
  const portion = new Portion({ share: 0.1, isSplit: false });
  const owed = (nowMs: number): number => {
    portion.forgive();
    portion.count(10_000, false, true, nowMs);
    return Math.round(portion.owedBytes);
  };
  t.equal(owed(0), 1_000);
  portion.watch(0.5, 0);
  portion.watch(0.5, 500);
  t.equal(owed(500), 800, 'once a second');
  for (let nowMs = 1_000; nowMs < 60_000; nowMs += 100) portion.watch(0.5, nowMs);
  t.equal(owed(1_000), 50);
  for (let nowMs = 60_000; nowMs < 110_000; nowMs += 100) portion.watch(0.02, nowMs);
  t.equal(owed(1_100), 1_000);
});
