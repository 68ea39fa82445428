import t from 'tap';
import { PunchAsks } from '../../../mesh/punching/punch-asks.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const EXIT = nodeId(50);
const SERVERS = [1, 2, 3].map((id) => ({ id: nodeId(id) }));

t.test('two servers at a time, others each time, after pauses that double', async (t) => {
  const asks = new PunchAsks();
  const asked: string[] = [];
  for (let nowMs = 0; nowMs < 15_000; nowMs += 500) {
    if (!asks.isDue(EXIT, nowMs)) continue;
    const servers = asks.begin(EXIT, SERVERS, nowMs).map(({ id }) => id);
    asked.push(`${nowMs}: ${servers.join(' ')}`);
  }
  t.same(asked, ['0: 1 2', '2000: 3 1', '6000: 2 3', '14000: 1 2']);
  t.same(asks.begin(nodeId(51), SERVERS.slice(0, 1), 0), SERVERS.slice(0, 1), 'no server twice');
});

t.test('what servers say that were not asked, or long ago, does not count', async (t) => {
  const asks = new PunchAsks();
  t.notOk(asks.has(nodeId(1), EXIT, 0));
  asks.begin(EXIT, SERVERS, 0);
  t.ok(asks.has(nodeId(1), EXIT, 10_000));
  t.notOk(asks.has(nodeId(1), EXIT, 10_001));
  t.notOk(asks.has(nodeId(3), EXIT, 0));
  t.notOk(asks.has(nodeId(1), nodeId(51), 0));
});

t.test('pauses end when something came from the node, when others find it, and with the network', async (t) => {
  const begun = (): PunchAsks => {
    const asks = new PunchAsks();
    for (let times = 0; times < 5; times++) asks.begin(EXIT, SERVERS, 0);
    t.notOk(asks.isDue(EXIT, 31_999));
    return asks;
  };
  const answered = begun();
  answered.answered(EXIT);
  t.ok(answered.isDue(EXIT, 1));
  const moved = begun();
  moved.clear();
  t.ok(moved.isDue(EXIT, 1));
  const found = begun();
  found.found(EXIT, 5_000);
  t.ok(found.isDue(EXIT, 5_000));
  found.begin(EXIT, SERVERS, 5_000);
  found.found(EXIT, 64_999);
  t.notOk(found.isDue(EXIT, 6_999), 'once a minute');
});

t.test('where there is nobody to ask that is not looked up all the time', async (t) => {
  const asks = new PunchAsks();
  asks.inVain(EXIT, 100);
  t.notOk(asks.isDue(EXIT, 1_099));
  t.ok(asks.isDue(EXIT, 1_100));
  asks.inVain(EXIT, 1_100);
  asks.found(EXIT, 1_100);
  t.ok(asks.isDue(EXIT, 1_100));
});
