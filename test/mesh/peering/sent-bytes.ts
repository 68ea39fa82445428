import t from 'tap';
import { SentBytes } from '../../../mesh/peering/sent-bytes.ts';

t.test('in all, and in the last minute', async (t) => {
  const sent = new SentBytes();
  t.equal(sent.totalBytes, 0);
  t.equal(sent.lastMinuteBytes(1e9), 0);
  for (let nowMs = 1e9; nowMs < 1e9 + 120_000; nowMs += 500) {
    sent.add(50);
    sent.settle(nowMs);
  }
  t.equal(sent.totalBytes, 12_000);
  const lately = sent.lastMinuteBytes(1e9 + 120_000);
  t.ok(lately >= 5_500 && lately <= 6_500, `${lately}`);
  t.equal(sent.lastMinuteBytes(1e9 + 190_000), 0);
  t.equal(sent.totalBytes, 12_000);
});

t.test('what was sent before a pause counts when it was sent', async (t) => {
  const sent = new SentBytes();
  sent.add(1_000);
  sent.settle(10_000);
  t.equal(sent.lastMinuteBytes(60_000), 1_000);
  t.equal(sent.lastMinuteBytes(80_000), 0);
  sent.add(7);
  sent.settle(90_000);
  t.equal(sent.lastMinuteBytes(90_000), 7);
  t.equal(sent.lastMinuteBytes(89_000), 7, 'a clock that goes back takes nothing away');
});

t.test('what another counted is added, with when that was', async (t) => {
  const [before, after] = [new SentBytes(), new SentBytes()];
  before.add(100);
  before.settle(10_000);
  before.add(10);
  before.settle(50_000);
  before.add(1);
  after.add(1_000);
  after.settle(60_000);
  after.absorb(before);
  t.equal(after.totalBytes, 1_111);
  t.equal(after.lastMinuteBytes(60_000), 1_110, 'what was not settled has no time yet');
  after.settle(61_000);
  t.equal(after.lastMinuteBytes(61_000), 1_111);
  t.equal(after.lastMinuteBytes(90_000), 1_011);
  t.equal(after.lastMinuteBytes(115_000), 1_001);
  t.equal(after.lastMinuteBytes(200_000), 0);
  const empty = new SentBytes();
  empty.absorb(new SentBytes());
  t.equal(empty.totalBytes, 0);
  empty.absorb(after);
  t.equal(empty.totalBytes, 1_111);
  t.equal(empty.lastMinuteBytes(200_000), 0);
});
