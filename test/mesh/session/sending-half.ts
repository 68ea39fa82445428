import t from 'tap';
import { SendingHalf } from '../../../mesh/session/sending-half.ts';

function sendAll(half: SendingHalf, maxBytes = 1_000): { offset: number; bytes: number; last: boolean }[] {
  const sent = [];
  for (let next = half.next(maxBytes, Infinity); next !== null; next = half.next(maxBytes, Infinity)) {
    half.sent(next);
    sent.push(next);
  }
  return sent;
}

t.test('ends with its last bytes', async (t) => {
  const half = new SendingHalf();
  t.notOk(half.hasWork);
  t.ok(half.write(new Uint8Array(1_500)));
  t.ok(half.finish());
  t.notOk(half.finish());
  t.notOk(half.write(new Uint8Array(1)));
  const sent = sendAll(half);
  t.same(sent, [
    { offset: 0, bytes: 1_000, last: false },
    { offset: 1_000, bytes: 500, last: true },
  ]);
  t.notOk(half.hasWork);
  half.acknowledged(sent[1]!);
  t.notOk(half.isDone);
  half.acknowledged(sent[0]!);
  t.ok(half.isDone);
});

t.test('an end that comes later goes alone, and again where it is lost', async (t) => {
  const half = new SendingHalf();
  half.write(new Uint8Array(10));
  const [data] = sendAll(half);
  half.acknowledged(data!);
  t.notOk(half.isDone);
  half.finish();
  t.ok(half.hasWork);
  const [end] = sendAll(half);
  t.same(end, { offset: 10, bytes: 0, last: true });
  half.lost(end!);
  t.ok(half.hasWork);
  t.same(sendAll(half), [end]);
  half.acknowledged(end!);
  t.ok(half.isDone);
  half.lost(end!);
  t.notOk(half.hasWork);
});

t.test('an end does not jump over bytes that have no credit', async (t) => {
  const half = new SendingHalf();
  half.write(new Uint8Array(300_000));
  half.finish();
  const sent = sendAll(half, 100_000);
  t.equal(half.nextOffset, 262_144);
  t.notOk(half.hasWork);
  t.ok(half.isBlocked);
  half.lost(sent[0]!);
  half.acknowledged(sent[0]!); // it was there all the time
  t.equal(half.next(1_000, 1_000), null);
  t.equal(half.nextOffset, 262_144);
  t.notOk(half.grant(262_144));
  t.notOk(half.grant(5));
  t.ok(half.grant(300_000));
  t.equal(half.next(100_000, 0), null, 'the session has credit of its own');
  t.same(half.next(100_000, 10), { offset: 262_144, bytes: 10, last: false });
  t.same(sendAll(half, 100_000), [{ offset: 262_144, bytes: 37_856, last: true }]);
  t.notOk(half.isBlocked);
});

t.test('RESET has the offset up to which bytes were sent', async (t) => {
  const half = new SendingHalf();
  half.write(new Uint8Array(5_000));
  half.sent(half.next(1_000, Infinity)!);
  t.equal(half.reset(), 1_000);
  t.equal(half.reset(), null);
  t.equal(half.cachedBytes, 0);
  t.equal(half.unsentBytes, 0);
  t.notOk(half.hasWork || half.hasLost || half.isBlocked || half.isOpen);
  half.lost({ offset: 0, bytes: 1_000, last: false });
  t.notOk(half.hasWork);
  t.notOk(half.isDone);
  half.endAcknowledged();
  t.ok(half.isDone);
});

t.test('an acknowledged RESET means nothing to a half that was not reset', async (t) => {
  const half = new SendingHalf();
  half.endAcknowledged();
  t.ok(half.isOpen);
  half.abandon();
  t.ok(half.isDone);
  t.equal(half.reset(), null);
});

t.test('says once that there is room again', async (t) => {
  const half = new SendingHalf();
  half.grant(10_000_000);
  half.write(new Uint8Array(half.highWaterBytes - 1));
  while (half.unsentBytes > 0) if (half.sent(half.next(60_000, Infinity)!)) t.fail('nobody waits');
  half.write(new Uint8Array(half.highWaterBytes));
  let told = 0;
  while (half.unsentBytes > 0) {
    if (!half.sent(half.next(60_000, Infinity)!)) continue;
    told++;
    t.ok(half.unsentBytes < half.highWaterBytes / 2);
  }
  t.equal(told, 1);
});
