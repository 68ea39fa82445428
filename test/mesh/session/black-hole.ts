import t from 'tap';
import { BlackHole } from '../../../mesh/session/black-hole.ts';

const RTT_MS = 50;

function make(): BlackHole {
  const hole = new BlackHole();
  hole.restart(548, 10);
  return hole;
}

/** A packet a round trip, from number 10 on. */
function packet(index: number, bytes = 1_232): { packetNumber: number; bytes: number; sentAtMs: number } {
  return { packetNumber: 10 + index, bytes, sentAtMs: RTT_MS * index };
}

t.test('three large ones in a row over a round trip', async (t) => {
  const hole = make();
  for (const index of [0, 1]) hole.lost(packet(index));
  t.notOk(hole.isFound(RTT_MS));
  hole.lost(packet(2));
  t.ok(hole.isFound(RTT_MS));
  t.notOk(hole.isFound(2 * RTT_MS + 1), 'a queue that overflowed');
});

t.test('small ones, and those from before the size changed, do not count', async (t) => {
  const hole = make();
  for (let index = 0; index < 10; index++) {
    hole.lost(packet(index, 548));
    hole.lost(packet(index - 20));
  }
  t.notOk(hole.isFound(0));
});

t.test('a later one of at least that size shows that it was chance', async (t) => {
  const hole = make();
  for (const index of [0, 1, 2]) hole.lost(packet(index));
  hole.acknowledged(packet(3, 548));
  hole.acknowledged(packet(4, 1_231));
  t.ok(hole.isFound(RTT_MS), 'smaller ones do not');
  hole.acknowledged(packet(5));
  t.notOk(hole.isFound(RTT_MS));
  for (const index of [2, 3, 4]) hole.lost(packet(index));
  t.notOk(hole.isFound(RTT_MS), 'whatever is known first');
});

t.test('an earlier one that arrives late shows nothing', async (t) => {
  const hole = make();
  for (const index of [3, 4, 5]) hole.lost(packet(index));
  hole.acknowledged(packet(2));
  t.ok(hole.isFound(RTT_MS));
});

t.test('what is larger than anything that arrived is still suspected', async (t) => {
  const hole = make();
  hole.acknowledged(packet(9, 1_240));
  for (const index of [0, 1, 2]) hole.lost(packet(index, 1_472));
  t.ok(hole.isFound(RTT_MS));
});

t.test('it begins anew', async (t) => {
  const hole = make();
  for (const index of [0, 1, 2]) hole.lost(packet(index));
  hole.restart(548, 20);
  t.notOk(hole.isFound(0));
});
