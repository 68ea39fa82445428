import t from 'tap';
import { Incarnation } from '../../mesh/gossip/incarnation.ts';
import { SecondProcess } from '../../mesh/second-process.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const [A, B] = [nodeId(3), nodeId(4)];

/** Of nodes A and B, none is up; what is done is written down. */
function make() {
  const peers = new Map([A, B].map((id) => [id, { isUp: false }]));
  const done: string[] = [];
  const incarnation = new Incarnation(99, 0);
  const second = new SecondProcess({
    incarnation,
    peers,
    reports: {
      notice: (level, code, message) => done.push(`${level} ${code} ${message}`),
      begunAnew: () => done.push(`saved ${incarnation.current}`),
    },
    wallS: () => 50,
    beginAnew: (nowMs) => done.push(`began ${nowMs}`),
  });
  const setUp = (id: typeof A, isUp: boolean): void => {
    peers.set(id, { isUp });
    if (isUp) second.up(id);
  };
  return { second, incarnation, done, setUp };
}

t.test('one alone is not believed while others go on, and is doubted where there is no other', async (t) => {
  const { second, done, setUp } = make();
  t.equal(second.superseded, null);
  setUp(A, true);
  second.said(B, true, 0);
  t.equal(second.superseded, null);
  t.same(done, []);
  setUp(A, false);
  t.same(second.superseded, { isCertain: false, by: [B] }, 'no other could be asked');
  second.said(B, true, 0);
  t.match(done, [/^error configuration-copied node 4, the only one that answers, says that this configuration/]);
  setUp(A, true);
  t.equal(second.superseded, null, 'another one listens after all');
});

t.test('two are believed, and so is a record that nobody else can make', async (t) => {
  const { second, done, setUp } = make();
  second.said(B, true, 0);
  second.said(A, true, 0);
  t.same(second.superseded, { isCertain: true, by: [A, B] });
  setUp(A, true);
  setUp(B, true);
  t.equal(second.superseded, null, 'both listen again');
  second.shown(500, 600_000);
  t.same(second.superseded, { isCertain: true, by: [] });
  t.equal(done.length, 2);
  t.match(done[1], /^error configuration-copied this configuration runs a second time/);
  second.shown(501, 700_000);
  t.equal(done.length, 2, 'not again so soon');
});

t.test('it begins anew where the other is gone, once in five minutes, with a number above all', async (t) => {
  const { second, incarnation, done, setUp } = make();
  second.shown(500, 0);
  second.said(A, true, 0);
  t.equal(second.wakeAtMs, Number.POSITIVE_INFINITY);
  second.tick(0);
  t.equal(incarnation.current, 100);
  done.length = 0;
  second.said(A, false, 1_000);
  t.equal(second.wakeAtMs, 1_000);
  second.tick(1_000);
  t.equal(incarnation.current, 501);
  t.match(done, [/^info begun-anew /, /^saved 501$/, /^began 1000$/]);
  t.equal(second.superseded, null);
  t.equal(second.wakeAtMs, Number.POSITIVE_INFINITY);
  second.said(A, false, 300_999);
  t.equal(second.wakeAtMs, Number.POSITIVE_INFINITY, 'two that run do not take turns');
  second.said(A, false, 301_000);
  t.equal(second.wakeAtMs, 301_000);
  second.tick(301_000);
  setUp(B, true);
  second.said(A, false, 900_000);
  t.equal(second.wakeAtMs, Number.POSITIVE_INFINITY, 'what goes on is not given up');
});

t.test('it does not begin anew where a node has begun to listen meanwhile', async (t) => {
  const { second, incarnation, done, setUp } = make();
  second.said(A, false, 0);
  setUp(B, true);
  second.tick(0);
  t.equal(incarnation.current, 100);
  t.same(done, []);
  t.equal(second.wakeAtMs, Number.POSITIVE_INFINITY);
  setUp(B, false);
  second.said(A, false, 1_000);
  t.equal(second.wakeAtMs, 1_000, 'that did not count');
});

t.test('one that says the other is gone does not count against two that hear it', async (t) => {
  const { second } = make();
  const liar = nodeId(66);
  second.said(A, true, 0);
  second.said(B, true, 0);
  second.said(liar, false, 1_000);
  t.equal(second.wakeAtMs, Number.POSITIVE_INFINITY);
  second.said(A, false, 60_000);
  t.equal(second.wakeAtMs, 60_000, 'most say so now');
});

t.test('what was said long ago does not count', async (t) => {
  const { second } = make();
  second.said(A, true, 0);
  second.said(B, true, 0);
  second.said(B, false, 100_000);
  t.equal(second.wakeAtMs, 100_000);
});
