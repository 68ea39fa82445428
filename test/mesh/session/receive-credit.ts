import t from 'tap';
import {
  INITIAL_SESSION_CREDIT_BYTES,
  INITIAL_STREAM_COUNT,
  INITIAL_STREAM_CREDIT_BYTES,
  SessionCredit,
  StreamCredit,
} from '../../../mesh/session/receive-credit.ts';

t.test('what streams and sessions start with', async (t) => {
  t.same(
    [INITIAL_STREAM_CREDIT_BYTES, INITIAL_SESSION_CREDIT_BYTES, INITIAL_STREAM_COUNT],
    [256 * 1_024, 1_024 * 1_024, 1_024],
  );
  t.equal(new StreamCredit().grantedOffset, 262_144);
  t.equal(new SessionCredit().grantedBytes, 1_048_576);
});

t.test('a stream is granted more once a quarter was read', async (t) => {
  const credit = new StreamCredit();
  t.notOk(credit.consumed(65_535, 50, 60_000));
  t.ok(credit.consumed(65_536, 50, 60_000));
  t.equal(credit.grantedOffset, 65_536 + 262_144, 'how fast it is read is not known yet');
});

t.test('the window doubles for a reader that takes a quarter of it in two round trips, up to 32 MB', async (t) => {
  const credit = new StreamCredit();
  let offset = 0;
  let nowMs = 10_000;
  for (let turn = 0; turn < 20; turn++) {
    const window = credit.grantedOffset - offset;
    offset += Math.ceil(window / 4) + 1;
    t.ok(credit.consumed(offset, 50, (nowMs += 90)));
  }
  t.equal(credit.grantedOffset - offset, 32 * 1_048_576);
  const slow = new StreamCredit();
  offset = 0;
  for (let turn = 0; turn < 20; turn++) {
    offset = slow.grantedOffset;
    t.ok(slow.consumed(offset, 50, (nowMs += 110)));
  }
  t.equal(slow.grantedOffset - offset, 262_144);
});

t.test('a sender that doubles its rate each round trip is not held up from its first packet on', async (t) => {
  const rttMs = 100;
  const stepMs = 5;
  for (const firstBytes of [20_000, 80_000]) {
    const credit = new StreamCredit();
    // What the sender may use, by when it learns of it, and what it has sent by when: both half a round trip away.
    const learned = [{ atMs: 0, offset: credit.grantedOffset }];
    const sentBy = (ms: number): number => (ms < 0 ? 0 : firstBytes * 2 ** (ms / rttMs));
    let heldUpMs = 0;
    for (let nowMs = 0; sentBy(nowMs) < 4_000_000; nowMs += stepMs) {
      if (credit.consumed(Math.floor(sentBy(nowMs - rttMs / 2)), rttMs, nowMs)) {
        learned.push({ atMs: nowMs + rttMs / 2, offset: credit.grantedOffset });
      }
      const known = learned.findLast(({ atMs }) => atMs <= nowMs)!;
      if (sentBy(nowMs) > known.offset) heldUpMs += stepMs;
    }
    t.equal(heldUpMs, 0, `${heldUpMs} ms from ${firstBytes} bytes on`);
  }
});

t.test('a session grants by what arrived, so a slow reader stalls its own stream only', async (t) => {
  const credit = new SessionCredit();
  let arrived = 0;
  for (let turn = 0; turn < 60; turn++) {
    t.ok(credit.allows(1_000_000), 'unread bytes do not count yet');
    credit.received(1_000_000);
    arrived += 1_000_000;
  }
  t.equal(credit.unreadBytes, arrived);
});

t.test('until unread bytes reach the ceiling for memory', async (t) => {
  const credit = new SessionCredit();
  let arrived = 0;
  for (; credit.allows(65_536); arrived += 65_536) credit.received(65_536);
  t.ok(arrived <= 134_217_728 && arrived > 120_000_000, `${arrived} bytes unread at most`);
  const before = credit.grantedBytes;
  let read = 0;
  for (; credit.grantedBytes === before && read < arrived; read += 65_536) credit.consumed(65_536);
  t.ok(read <= 20_000_000, `${read} bytes read bring new credit`);
  t.ok(credit.allows(65_536));
  credit.consumed(arrived - read);
  t.equal(credit.unreadBytes, 0);
});

t.test('the window also doubles for what arrives behind a gap, up to 32 MB', async (t) => {
  const credit = new StreamCredit();
  let nowMs = 10_000;
  credit.consumed(131_072, 50, nowMs);
  t.notOk(credit.arrivedBeyondGap(131_072 + 65_000, 50, nowMs), 'three quarters of it are left');
  t.notOk(credit.arrivedBeyondGap(131_072 + 70_000, 50, nowMs + 110), 'slowly');
  for (let turn = 0; turn < 10; turn++) credit.arrivedBeyondGap(credit.grantedOffset, 50, (nowMs += 50));
  t.equal(credit.grantedOffset, 131_072 + 32 * 1_048_576);
  t.notOk(credit.arrivedBeyondGap(credit.grantedOffset, 50, nowMs));
});
