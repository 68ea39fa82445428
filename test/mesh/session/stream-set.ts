import t from 'tap';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { Stream } from '../../../mesh/session/stream.ts';
import { StreamSet } from '../../../mesh/session/stream-set.ts';
import { parseNodeId } from '../../../config/node-id.ts';

const host = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });

function add(set: StreamSet, id: number): Stream {
  const stream = new Stream(host, id, null, set.isOwn(id));
  set.add(stream);
  return stream;
}

t.test('own ids are even on the lower side and odd on the other', async (t) => {
  const lower = new StreamSet(true);
  t.same([lower.takeOwnId(), lower.takeOwnId(), lower.takeOwnId()], [0, 2, 4]);
  t.ok(lower.isOwn(8) && !lower.isOwn(9));
  const higher = new StreamSet(false);
  t.same([higher.takeOwnId(), higher.takeOwnId()], [1, 3]);
  t.ok(higher.isOwn(9) && !higher.isOwn(8));
});

t.test('an own id is usable below the limit, which only grows', async (t) => {
  const set = new StreamSet(false);
  t.ok(set.mayUse(2_047));
  t.notOk(set.mayUse(2_049));
  set.raiseOwnLimit(10);
  t.ok(set.mayUse(2_047));
  set.raiseOwnLimit(1_025);
  t.ok(set.mayUse(2_049));
  set.raiseOwnLimit(Number.MAX_SAFE_INTEGER);
  t.ok(set.mayUse(Number.MAX_SAFE_INTEGER));
});

t.test("the peer's ids are its own, in any order, once, within the limit", async (t) => {
  const set = new StreamSet(true);
  t.notOk(set.claimPeerId(0), 'ours');
  t.ok(set.claimPeerId(5));
  t.notOk(set.claimPeerId(5));
  t.ok(set.claimPeerId(1));
  t.notOk(set.claimPeerId(1));
  t.ok(set.claimPeerId(3));
  t.ok(set.claimPeerId(2_047));
  t.notOk(set.claimPeerId(2_049));
  t.notOk(set.claimPeerId(Number.MAX_SAFE_INTEGER));
  t.ok(set.claimPeerId(2_045));
});

t.test('the limit grows with the streams that ended', async (t) => {
  const set = new StreamSet(true);
  let told = 0;
  for (let id = 1; id < 40_000; id += 2) {
    t.ok(set.claimPeerId(id) || t.fail(`id ${id} refused`));
    if (set.remove(add(set, id))) told++;
  }
  t.equal(set.size, 0);
  t.ok(set.peerLimit >= 20_000 && set.peerLimit <= 20_000 + 1_024);
  t.ok(told <= 20_000 / 256 + 1, `${told} times told`);
});

t.test('1,024 open streams are the most', async (t) => {
  const set = new StreamSet(true);
  for (let id = 1; set.claimPeerId(id); id += 2) add(set, id);
  t.equal(set.size, 1_024);
  t.equal([...set.values()].length, 1_024);
  t.ok(set.get(1) !== undefined && set.get(3_001) === undefined);
  t.ok(set.remove(set.get(1)!), 'the peer has none left, so one end is told at once');
  t.notOk(set.remove(new Stream(host, 1, null, false)), 'it is forgotten already');
  set.clear();
  t.equal(set.size, 0);
});

t.test('own streams that end change nothing for the peer', async (t) => {
  const set = new StreamSet(true);
  for (let turn = 0; turn < 2_000; turn++) {
    const stream = new Stream(host, set.takeOwnId(), null, true);
    set.add(stream);
    if (set.remove(stream)) t.fail('told the peer');
  }
  t.equal(set.peerLimit, 1_024);
});

t.test('a peer that holds most of its streams open is granted more as soon as any of them ends', async (t) => {
  const set = new StreamSet(false);
  const streams = Array.from({ length: 1_024 }, (_, index) => {
    t.ok(set.claimPeerId(2 * index));
    return add(set, 2 * index);
  });
  t.notOk(set.claimPeerId(2_048));
  t.ok(set.remove(streams[0]!), 'to be told at once');
  t.ok(set.claimPeerId(2_048));
});
