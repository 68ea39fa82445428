import fc from 'fast-check';
import t from 'tap';
import { ExitChooser } from '../../../socks/exits/exit-chooser.ts';
import type { ExitEvent, ExitView } from '../../../socks/exits/exit-chooser.ts';
import { nodeId } from '../fixtures/node-ids.ts';

const exit = (id: number, state: ExitView['state'], rttMs: number | null = 10): ExitView => ({
  id: nodeId(id),
  state,
  rttMs,
});

function words(events: readonly ExitEvent[]): string {
  return events
    .map((event) => {
      switch (event.type) {
        case 'decided':
          return `${event.site} by ${event.exit}`;
        case 'no-exit':
          return `${event.site} nowhere`;
        case 'moved':
          return `${event.site} from ${event.from} to ${event.to}: ${event.reason}`;
      }
    })
    .join(', ');
}

t.test('the lowest round-trip time, the lower number where equal, unmeasured ones last', async (t) => {
  const table: readonly (readonly [readonly ExitView[], string])[] = [
    [[exit(2, 'up', 30), exit(3, 'up', 20), exit(4, 'up', 25)], 'a by 3'],
    [[exit(4, 'up', 20), exit(3, 'up', 20)], 'a by 3'],
    [[exit(2, 'up', null), exit(3, 'up', 900)], 'a by 3'],
    [[exit(5, 'up', null), exit(3, 'up', null)], 'a by 3'],
    [
      [exit(2, 'suspect', 1), exit(3, 'down', 1), exit(4, 'connecting', 1), exit(5, 'idle', 1), exit(6, 'up', 99)],
      'a by 6',
    ],
  ];
  for (const [exits, expected] of table) {
    const chooser = new ExitChooser();
    chooser.nodesChanged(exits);
    t.equal(words(chooser.choose('a', 0)), expected);
  }
});

t.test('a pin outlasts better exits, suspicion, and its exit coming back before it was missed', async (t) => {
  const chooser = new ExitChooser();
  chooser.nodesChanged([exit(2, 'up', 50)]);
  chooser.choose('a', 0);
  chooser.nodesChanged([exit(2, 'up', 50), exit(3, 'up', 1)]);
  t.equal(words(chooser.choose('a', 0)), 'a by 2');
  t.equal(words(chooser.choose('b', 0)), 'b by 3');
  chooser.nodesChanged([exit(2, 'suspect', 50), exit(3, 'up', 1)]);
  t.equal(words(chooser.choose('a', 0)), 'a by 2');
  chooser.nodesChanged([exit(2, 'down', 50), exit(3, 'up', 1)]);
  chooser.nodesChanged([exit(2, 'up', 50), exit(3, 'up', 1)]);
  t.equal(words(chooser.choose('a', 0)), 'a by 2');
});

t.test('it moves when its exit is down or gone, says so once, and does not move back', async (t) => {
  const chooser = new ExitChooser();
  chooser.nodesChanged([exit(2, 'up', 1), exit(3, 'up', 2)]);
  chooser.choose('a', 0);
  chooser.nodesChanged([exit(2, 'down', 1), exit(3, 'up', 2)]);
  t.equal(words(chooser.choose('a', 0)), 'a from 2 to 3: down, a by 3');
  t.equal(chooser.pinned('a'), 3);
  chooser.nodesChanged([exit(2, 'up', 1), exit(3, 'up', 2)]);
  t.equal(words(chooser.choose('a', 0)), 'a by 3', 'nothing is stolen back');
  chooser.nodesChanged([exit(2, 'up', 1)]);
  t.equal(words(chooser.choose('a', 0)), 'a from 3 to 2: down, a by 2');
});

t.test('a pin whose exit reconnects waits for it, and moves only when the deadline has come', async (t) => {
  const chooser = new ExitChooser();
  chooser.nodesChanged([exit(2, 'up', 1), exit(3, 'up', 2)]);
  chooser.choose('a', 0);
  chooser.nodesChanged([exit(2, 'connecting', 1), exit(3, 'up', 2)]);
  t.equal(words(chooser.choose('a', 100)), '');
  t.equal(chooser.wakeAtMs, 5100);
  t.equal(words(chooser.nodesChanged([exit(2, 'up', 1), exit(3, 'up', 2)])), 'a by 2');
  t.equal(chooser.wakeAtMs, null);
  chooser.nodesChanged([exit(2, 'connecting', 1), exit(3, 'up', 2)]);
  t.equal(words(chooser.choose('a', 6000)), '');
  t.equal(words(chooser.tick(10_999)), '');
  t.equal(words(chooser.tick(11_000)), 'a from 2 to 3: not-answering, a by 3');
});

t.test('while exits connect, all wait for one decision', async (t) => {
  const chooser = new ExitChooser({ deadlineMs: 1000 });
  t.equal(words(chooser.choose('early', 0)), '', 'nothing is known yet');
  chooser.nodesChanged([exit(2, 'connecting'), exit(3, 'down')]);
  t.equal(words(chooser.choose('a', 10)), '');
  t.equal(words(chooser.choose('a', 500)), '');
  t.equal(words(chooser.choose('b', 600)), '');
  t.equal(chooser.wakeAtMs, 1000);
  t.equal(words(chooser.tick(1000)), 'early nowhere');
  t.equal(chooser.wakeAtMs, 1010, "the first asker's deadline");
  t.equal(words(chooser.nodesChanged([exit(2, 'up'), exit(3, 'down')])), 'a by 2, b by 2');
  t.equal(chooser.wakeAtMs, null);
});

t.test('where all are down nobody waits, and who waited is told', async (t) => {
  const chooser = new ExitChooser();
  chooser.nodesChanged([exit(2, 'connecting')]);
  t.equal(words(chooser.choose('a', 0)), '');
  t.equal(words(chooser.nodesChanged([exit(2, 'down')])), 'a nowhere');
  t.equal(words(chooser.choose('a', 0)), 'a nowhere');
  t.equal(chooser.wakeAtMs, null);
});

t.test('an exit that failed a connection is left, unless it is the only one', async (t) => {
  const chooser = new ExitChooser();
  chooser.nodesChanged([exit(2, 'up', 1), exit(3, 'up', 2)]);
  chooser.choose('a', 0);
  t.equal(words(chooser.choose('a', 0, [nodeId(2)])), 'a from 2 to 3: session-gone, a by 3');
  t.equal(words(chooser.choose('a', 0, [nodeId(2)])), 'a by 3', 'the next one just follows');
  t.equal(words(chooser.choose('a', 0, [nodeId(2), nodeId(3)])), 'a from 3 to 2: session-gone, a by 2');
  chooser.nodesChanged([exit(2, 'up', 1), exit(3, 'down', 2)]);
  t.equal(words(chooser.choose('a', 0, [nodeId(2)])), 'a by 2');
});

t.test('the pin that was not asked for the longest is forgotten first', async (t) => {
  const chooser = new ExitChooser({ maxPins: 2 });
  chooser.nodesChanged([exit(2, 'up')]);
  for (const site of ['a', 'b', 'a', 'c']) chooser.choose(site, 0);
  t.same(
    ['a', 'b', 'c'].map((site) => chooser.pinned(site)),
    [2, null, 2],
  );
});

t.test(
  'whatever the exits do: a site moves only off an exit that is not usable, and never to one that is not up',
  async () => {
    const state = fc.constantFrom<ExitView['state'][]>('up', 'suspect', 'connecting', 'down', 'idle');
    const change = fc.tuple(state, state, state);
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.nat(3000)), { maxLength: 40 }), (changes) => {
        const chooser = new ExitChooser();
        let nowMs = 0;
        for (const [states, waitMs] of changes) {
          nowMs += waitMs;
          const exits = states.map((each, index) => exit(index + 1, each, 10 - index));
          const before = chooser.pinned('a');
          const ended = [...chooser.nodesChanged(exits), ...chooser.tick(nowMs), ...chooser.choose('a', nowMs)];
          const after = chooser.pinned('a');
          const stateOf = (id: number): ExitView['state'] => states[id - 1]!;
          if (after !== null && after !== before && stateOf(after) !== 'up') return false;
          if (before !== null && after !== before && ['up', 'suspect'].includes(stateOf(before))) return false;
          if ((before !== after && before !== null) !== ended.some((event) => event.type === 'moved')) return false;
        }
        return true;
      }),
      { seed: 7 },
    );
  },
);
