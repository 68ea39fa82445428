import fc from 'fast-check';
import t from 'tap';
import { HelloWindow } from '../../../mesh/gossip/hello-window.ts';
import { keyPair } from './fixtures/documents.ts';

const alice = keyPair(1).publicKey;
const bob = keyPair(2).publicKey;

function accepted(
  window: HelloWindow,
  incarnation: number,
  counters: readonly number[],
  identity = alice,
): HelloWindow {
  for (const counter of counters) window.accept(identity, { incarnation, counter });
  return window;
}

/** The same window after it went through JSON. */
function restarted(window: HelloWindow): HelloWindow {
  const next = new HelloWindow();
  next.restore(JSON.parse(JSON.stringify(window.save())));
  return next;
}

t.test('what was seen is not fresh, before and after a restart', async (t) => {
  const window = accepted(new HelloWindow(), 5, [1, 2, 4]);
  for (const each of [window, restarted(window)]) {
    for (const counter of [1, 2, 4]) t.notOk(each.isFresh(alice, { incarnation: 5, counter }), `seen ${counter}`);
    for (const counter of [3, 5, 1_000]) t.ok(each.isFresh(alice, { incarnation: 5, counter }), `not seen ${counter}`);
    t.notOk(each.isFresh(alice, { incarnation: 4, counter: 9 }), 'an older incarnation');
    t.ok(each.isFresh(alice, { incarnation: 6, counter: 1 }), 'a newer incarnation');
    t.ok(each.isFresh(bob, { incarnation: 1, counter: 1 }), 'somebody else');
    t.equal(each.incarnationOf(alice), 5);
    t.equal(each.incarnationOf(bob), null);
  }
});

t.test('asking changes nothing', async (t) => {
  const window = accepted(new HelloWindow(), 5, [10]);
  const before = window.save();
  window.isFresh(alice, { incarnation: 9, counter: 9 });
  window.isFresh(bob, { incarnation: 9, counter: 9 });
  t.same(window.save(), before);
});

t.test('a newer incarnation starts from nothing and ends the older one', async (t) => {
  const window = accepted(accepted(new HelloWindow(), 5, [60]), 6, [1]);
  t.notOk(window.isFresh(alice, { incarnation: 5, counter: 61 }));
  t.ok(window.isFresh(alice, { incarnation: 6, counter: 60 }));
  accepted(window, 5, [61]);
  t.equal(window.incarnationOf(alice), 6, 'accepting a stale one changes nothing');
});

t.test('what comes of a process whose place another has taken is told apart from what was seen of it', async (t) => {
  const window = accepted(accepted(new HelloWindow(), 5, [60]), 6, [1]);
  for (const each of [window, restarted(window)]) {
    const is = (incarnation: number, counter: number) => each.isFormer(alice, { incarnation, counter });
    for (const counter of [59, 61, 500]) t.ok(is(5, counter), `not seen ${counter}`);
    t.notOk(is(5, 60), 'seen');
    t.notOk(is(6, 2), 'the newest');
    t.notOk(is(7, 2), 'newer');
    t.notOk(is(4, 61), 'of which nothing was heard');
    t.notOk(each.isFormer(bob, { incarnation: 5, counter: 61 }));
    accepted(each, 5, [61]);
    t.notOk(is(5, 61), 'seen by now');
    t.equal(each.incarnationOf(alice), 6);
  }
});

t.test('a former process that is heard again and again is not forgotten for restarts of the newest', async (t) => {
  const window = accepted(new HelloWindow(), 5, [1]);
  for (let incarnation = 6; incarnation < 20; incarnation++) {
    accepted(window, incarnation, [1]);
    accepted(window, 5, [incarnation]);
  }
  t.ok(window.isFormer(alice, { incarnation: 5, counter: 20 }));
  t.equal(window.save().identities[0]!.former!.length, 3);
  for (const incarnation of [20, 21, 22, 23]) accepted(window, incarnation, [1]);
  t.notOk(window.isFormer(alice, { incarnation: 5, counter: 20 }), 'one that is silent is');
  const { former: _, ...saved } = window.save().identities[0]!;
  const odd = [null, 5, { ...saved, incarnation: 30 }, { incarnation: 3, counter: 0, seenHigh: 0, seenLow: 1 }];
  for (const former of [...odd.map((each) => [each]), 'x', 7]) {
    const next = new HelloWindow();
    next.restore({ identities: [{ ...saved, former }] });
    t.same(next.save().identities, [saved]);
  }
});

t.test('the window is 64 wide', async (t) => {
  const window = accepted(new HelloWindow(), 1, [1_000]);
  t.ok(window.isFresh(alice, { incarnation: 1, counter: 937 }));
  t.notOk(window.isFresh(alice, { incarnation: 1, counter: 936 }));
  accepted(window, 1, [937]);
  t.notOk(window.isFresh(alice, { incarnation: 1, counter: 937 }));
  accepted(window, 1, [1_063]);
  t.notOk(window.isFresh(alice, { incarnation: 1, counter: 1_000 }), 'the last of the window is still known');
  accepted(window, 1, [1_064]);
  t.notOk(window.isFresh(alice, { incarnation: 1, counter: 1_000 }), 'and then too old');
});

t.test('nothing is accepted twice, whatever the order and however often the process restarts', async (t) => {
  const hello = fc.record({ incarnation: fc.integer({ min: 1, max: 3 }), counter: fc.integer({ min: 1, max: 150 }) });
  fc.assert(
    fc.property(fc.array(fc.record({ hello, restart: fc.boolean() }), { maxLength: 200 }), (steps) => {
      let window = new HelloWindow();
      const seen = new Set<string>();
      let newest = { incarnation: 0, counter: 0 };
      for (const { hello: next, restart } of steps) {
        if (restart) window = restarted(window);
        const key = `${next.incarnation}/${next.counter}`;
        const ahead = next.incarnation - newest.incarnation || next.counter - newest.counter;
        const fresh = window.isFresh(alice, next);
        if (seen.has(key)) t.notOk(fresh, 'a replay');
        if (ahead > 0) t.ok(fresh, 'newer than all');
        if (next.incarnation === newest.incarnation && ahead > -64 && !seen.has(key)) t.ok(fresh, 'within the window');
        if (!fresh) continue;
        window.accept(alice, next);
        seen.add(key);
        if (ahead > 0) newest = next;
      }
    }),
    { seed: 3, numRuns: 60 },
  );
});

t.test('the identity heard for longest ago is forgotten beyond 254, also after a restart', async (t) => {
  const identity = (index: number): Uint8Array => {
    const key = new Uint8Array(32);
    key.set([index >> 8, index & 0xff]);
    return key;
  };
  let window = new HelloWindow();
  for (let index = 0; index < 254; index++) accepted(window, 7, [1], identity(index));
  accepted(window, 7, [2], identity(0));
  window = restarted(window);
  accepted(window, 7, [1], identity(254));
  t.equal(window.save().identities.length, 254);
  t.equal(window.incarnationOf(identity(0)), 7);
  t.equal(window.incarnationOf(identity(1)), null);
  t.equal(window.incarnationOf(identity(254)), 7);
});

t.test('damaged entries are dropped one by one', async (t) => {
  const good = accepted(new HelloWindow(), 5, [9]).save().identities[0]!;
  const bad = [
    null,
    7,
    'x',
    [],
    {},
    { ...good, identity: 'AAAA' },
    { ...good, identity: `${good.identity}=` },
    { ...good, identity: 7 },
    { ...good, incarnation: -1 },
    { ...good, incarnation: 2 ** 32 },
    { ...good, counter: 0 },
    { ...good, counter: '9' },
    { ...good, counter: 1.5 },
    { ...good, seenHigh: -1 },
    { ...good, seenLow: Number.NaN },
    { ...good, seenLow: 2 },
  ];
  for (const entry of bad) {
    const window = new HelloWindow();
    window.restore({ identities: [entry, good] });
    t.same(window.save(), { identities: [good] }, JSON.stringify(entry));
  }
  for (const saved of [null, undefined, 5, [], { identities: 'x' }, { identities: { 0: good } }]) {
    const window = new HelloWindow();
    window.restore(saved);
    t.same(window.save(), { identities: [] });
  }
});

t.test('restoring takes nothing back that was accepted meanwhile', async (t) => {
  const saved = accepted(new HelloWindow(), 5, [9]).save();
  const window = accepted(new HelloWindow(), 6, [1]);
  window.restore(saved);
  t.equal(window.incarnationOf(alice), 6);
});
