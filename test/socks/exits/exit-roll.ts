import t from 'tap';
import { ExitRoll } from '../../../socks/exits/exit-roll.ts';
import type { ExitView } from '../../../socks/exits/exit-view.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { testIdentity } from '../fixtures/node-view.ts';

function exit(id: number, state: ExitView['state'], key = id): ExitView {
  return { id: nodeId(id), identity: testIdentity(key), state, rttMs: null, country: '' };
}

t.test('who is worth waiting for, at the start and later', async (t) => {
  const cases: readonly (readonly [string, readonly ExitView['state'][], nowMs: number, mayServe: boolean])[] = [
    ['just heard of', ['connecting'], 9_999, true],
    ['never heard from', ['connecting'], 10_000, false],
    ['never asked for', ['idle'], 10_000, false],
    ['up', ['up'], 99_999, true],
    ['suspected', ['up', 'suspect'], 99_999, true],
    ['was up, and is being found again', ['up', 'connecting'], 99_999, true],
    ['was down, and is being found again', ['down', 'connecting'], 99_999, true],
    ['down', ['up', 'down'], 0, false],
  ];
  for (const [name, states, nowMs, expected] of cases) {
    const roll = new ExitRoll();
    for (const state of states) roll.update([exit(2, state)], 0);
    t.equal(roll.mayServe([exit(2, states.at(-1)!)], nowMs), expected, name);
  }
});

t.test('of several one is enough, and of none there is nothing to hope for', async (t) => {
  const roll = new ExitRoll();
  roll.update([exit(2, 'down'), exit(3, 'connecting')], 0);
  t.ok(roll.mayServe([exit(2, 'down'), exit(3, 'connecting')], 5_000));
  t.notOk(roll.mayServe([exit(2, 'down')], 5_000));
  t.notOk(roll.mayServe([], 5_000), 'those that the rules allow');
});

t.test('while no exit is known at all they are waited for, from the first look on', async (t) => {
  const roll = new ExitRoll();
  t.ok(roll.mayServe([], 1_000_000));
  roll.update([], 1_000);
  t.ok(roll.mayServe([], 10_999));
  t.notOk(roll.mayServe([], 11_000));
  roll.update([exit(2, 'connecting')], 50_000);
  t.ok(roll.mayServe([exit(2, 'connecting')], 59_999), 'who is new has its time');
});

t.test('who is not known may be told of just after the start, and while others are', async (t) => {
  const roll = new ExitRoll();
  t.ok(roll.mayGrow(1_000_000), 'before the first look');
  roll.update([], 1_000);
  t.ok(roll.mayGrow(10_999));
  t.notOk(roll.mayGrow(11_000));
  roll.update([exit(2, 'up')], 50_000);
  roll.update([exit(2, 'down')], 55_000);
  t.ok(roll.mayGrow(59_999), 'one who is new brings others');
  t.notOk(roll.mayGrow(60_000), 'one who is known does not');
});

t.test('newcomers, numbers, and who is gone', async (t) => {
  const roll = new ExitRoll();
  t.same(roll.update([exit(2, 'connecting'), exit(3, 'suspect')], 0), []);
  t.ok(roll.hasNewcomer([exit(3, 'suspect')]), 'neither up nor down so far');
  t.same(roll.update([exit(7, 'up', 2)], 1), [testIdentity(3)]);
  t.notOk(roll.hasNewcomer([exit(7, 'connecting', 2)]));
  t.notOk(roll.hasNewcomer([]));
  t.equal(roll.numberOf(testIdentity(2)), 7, 'the same exit by another number');
  t.equal(roll.numberOf(testIdentity(3)), 3);
  t.equal(roll.numberOf(testIdentity(4)), null);
});
