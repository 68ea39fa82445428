import t from 'tap';
import { Pins } from '../../../socks/exits/pins.ts';
import { exitIdentity } from '../../../socks/exits/exit-identity.ts';
import { exitNumber } from './fixtures/exits.ts';

const DAY = 86_400_000;
const WALL = Date.UTC(2026, 5, 1);
const [A, B] = [exitNumber(1), exitNumber(2)];
const at = (ms: number) => ({ nowMs: ms, wallMs: WALL + ms });

t.test('a pin is found while its exit is up, moves only when told to, and remembers its moves', async (t) => {
  const pins = new Pins();
  pins.exitUp(A, 0);
  pins.exitUp(B, 0);
  t.same(pins.find('a.example', at(0)), { type: 'none' });
  t.equal(pins.pin('a.example', A, 'race', WALL), null);
  t.match(pins.find('a.example', at(1)), { type: 'live', pin: { exit: A, reason: 'race', sinceMs: WALL, moves: [] } });
  t.equal(pins.pin('a.example', A, 'user', WALL + 2), null);
  const move = pins.pin('a.example', B, 'user', WALL + 3);
  t.same(move, { site: 'a.example', from: A, to: B, reason: 'user', atMs: WALL + 3 });
  t.match(pins.find('a.example', at(4)), { type: 'live', pin: { exit: B, sinceMs: WALL + 3, moves: [move] } });
  for (let n = 0; n < 20; n++) pins.pin('a.example', n % 2 === 0 ? A : B, 'user', WALL + 10 + n);
  const found = pins.find('a.example', at(40));
  t.equal(found.type === 'live' && found.pin.moves.length, 8);
  t.equal(found.type === 'live' && found.pin.moves.at(-1)!.atMs, WALL + 29);
  t.equal(pins.unpin('a.example'), true);
  t.equal(pins.unpin('a.example'), false);
  t.same(pins.find('a.example', at(41)), { type: 'none' });
});

t.test(
  'an exit that is away holds its sites for 30 s, however often it is said, then leaves them to the rules',
  async (t) => {
    const pins = new Pins();
    pins.exitUp(A, 0);
    pins.pin('s', A, 'race', WALL);
    pins.exitDown(A, 1_000);
    pins.exitDown(A, 20_000);
    t.match(pins.find('s', at(30_999)), { type: 'suspended', untilMs: 31_000 });
    t.match(pins.find('s', at(31_000)), { type: 'orphaned', pin: { exit: A } });
    pins.exitUp(A, 0);
    t.match(pins.find('s', at(99_000)), { type: 'live' });
    pins.exitForgotten(A);
    t.match(pins.find('s', at(99_001)), { type: 'orphaned' });
    pins.pin('s', B, 'exit-gone', WALL + 99_002);
    pins.exitUp(B, 0);
    pins.exitUp(A, 0);
    t.match(pins.find('s', at(99_003)), { type: 'live', pin: { exit: B } }, 'the returning exit steals nothing back');
  },
);

t.test('a client that was cut off from all exits finds its sites where they were, whoever answers first', async (t) => {
  const pins = new Pins();
  for (const exit of [A, B]) {
    pins.exitUp(exit, 0);
    pins.exitDown(exit, 1_000);
  }
  pins.pin('s', A, 'race', WALL);
  t.match(pins.find('s', at(90_000)), { type: 'orphaned' });
  pins.exitUp(B, 100_000);
  pins.exitUp(B, 101_000);
  pins.exitDown(A, 102_000);
  t.match(pins.find('s', at(129_999)), { type: 'suspended', untilMs: 130_000 }, 'A may be back a little later than B');
  t.match(pins.find('s', at(130_000)), { type: 'orphaned' }, 'but not for ever');
  pins.exitUp(A, 130_001);
  t.match(pins.find('s', at(130_002)), { type: 'live', pin: { exit: A } });
});

t.test('an exit not heard of since the start is waited for from the first question on', async (t) => {
  const pins = new Pins({ saved: savedWith('s') });
  t.match(pins.find('s', at(5_000)), { type: 'suspended', untilMs: 35_000 });
  t.match(pins.find('s', at(34_999)), { type: 'suspended', untilMs: 35_000 });
  t.match(pins.find('s', at(35_000)), { type: 'orphaned' });
});

t.test('idle time slides, and open streams stop it', async (t) => {
  const pins = new Pins();
  pins.exitUp(A, 0);
  pins.pin('s', A, 'race', WALL);
  t.equal(pins.find('s', at(DAY)).type, 'live');
  const use = pins.use('s', WALL + DAY);
  const second = pins.use('s', WALL + DAY);
  t.equal(pins.find('s', at(9 * DAY)).type, 'live');
  use.close(WALL + 9 * DAY);
  use.close(WALL + 9 * DAY);
  t.match(pins.find('s', at(20 * DAY)), { type: 'live', pin: { openStreams: 1 } });
  second.close(WALL + 20 * DAY);
  t.match(pins.find('s', at(21 * DAY)), { type: 'live', pin: { openStreams: 0, lastUsedMs: WALL + 20 * DAY } });
  t.equal(pins.find('s', at(21 * DAY + 1)).type, 'none');
  t.equal(pins.size, 0);
  pins.use('s', WALL).close(WALL);
  t.equal(pins.size, 0);
});

t.test('streams of the exit before a move do not hold the new pin', async (t) => {
  const pins = new Pins();
  pins.exitUp(B, 0);
  pins.pin('s', A, 'race', WALL);
  const use = pins.use('s', WALL);
  pins.pin('s', B, 'exit-gone', WALL);
  t.match(pins.find('s', at(0)), { pin: { openStreams: 0 } });
  use.close(WALL + 5 * DAY);
  t.match(pins.find('s', at(0)), { pin: { openStreams: 0, lastUsedMs: WALL } });
  pins.unpin('s');
  t.equal(pins.size, 0);
});

t.test('a clock that goes back or was never set drops nothing', async (t) => {
  const pins = new Pins({ saved: savedWith('s') });
  pins.exitUp(A, 0);
  t.equal(pins.find('s', { nowMs: 0, wallMs: 1_000 }).type, 'live');
  pins.use('s', 1_000).close(2_000);
  t.match(pins.find('s', at(0)), { pin: { lastUsedMs: WALL } });
  pins.pin('new', A, 'race', 3_000);
  t.match(
    pins.find('new', at(5)),
    { type: 'live', pin: { lastUsedMs: WALL + 5 } },
    'it ages from when the clock is set',
  );
  t.equal(pins.find('new', at(6 + DAY)).type, 'none');
});

t.test('what was saved is there again, after JSON too', async (t) => {
  const pins = new Pins();
  pins.pin('a', A, 'race', WALL);
  pins.pin('b', B, 'rule', WALL + 1);
  pins.pin('a', B, 'user', WALL + 2);
  const copy = new Pins({ saved: JSON.parse(JSON.stringify(pins.saved(WALL + 3))) });
  t.same(copy.all(WALL + 3), pins.all(WALL + 3));
  t.equal(copy.all(WALL + 3).length, 2);
  t.equal(copy.all(WALL + 3 + DAY).length, 0);
});

t.test('1,000,000 sites stay bounded, and those in use stay', async (t) => {
  const pins = new Pins();
  pins.exitUp(A, 0);
  pins.pin('kept', A, 'race', WALL);
  const use = pins.use('kept', WALL);
  for (let n = 0; n < 1_000_000; n++) pins.pin(`${n}.example`, A, 'race', WALL + n);
  t.equal(pins.size, 10_000);
  t.equal(pins.find('kept', at(1)).type, 'live');
  t.equal(pins.find('999999.example', at(1)).type, 'live');
  t.equal(pins.find('990001.example', at(1)).type, 'live');
  t.equal(pins.find('990000.example', at(1)).type, 'none');
  use.close(WALL);
  const crowd = new Pins({ maxPins: 3 });
  const uses = Array.from({ length: 5 }, (_, n) => {
    crowd.pin(`${n}`, A, 'race', WALL);
    return crowd.use(`${n}`, WALL);
  });
  t.equal(crowd.size, 5);
  for (const { close } of uses) close(WALL);
  t.equal(crowd.size, 3);
});

t.test('exits beyond 1,024 are forgotten, which means waiting and nothing worse', async (t) => {
  const pins = new Pins();
  pins.exitUp(A, 0);
  pins.pin('s', A, 'race', WALL);
  for (let n = 0; n < 1_024; n++) pins.exitUp(exitNumberOf(n), 0);
  t.equal(pins.find('s', at(0)).type, 'suspended');
});

function exitNumberOf(n: number) {
  const key = new Uint8Array(32);
  key[0] = n & 255;
  key[1] = 1 + (n >> 8);
  return exitIdentity(key);
}

function savedWith(site: string) {
  const pins = new Pins();
  pins.pin(site, A, 'race', WALL);
  return pins.saved(WALL);
}

t.test('an exit that said when it is back is waited for until then, ten minutes at most', async (t) => {
  for (const [backInMs, untilMs] of [
    [null, 31_000],
    [5_000, 31_000],
    [300_000, 301_000],
    [3_600_000, 601_000],
  ] as const) {
    const pins = new Pins();
    pins.exitUp(A, 0);
    pins.pin('s', A, 'race', WALL);
    pins.exitDown(A, 1_000, backInMs);
    pins.exitDown(A, 2_000, null);
    pins.exitDown(A, 2_000, 999_000);
    t.match(pins.find('s', at(untilMs - 1)), { type: 'suspended', untilMs });
    t.match(pins.find('s', at(untilMs)), { type: 'orphaned' });
    t.same(
      [untilMs - 1, untilMs].map((nowMs) => pins.awaitedUntilMs(A, nowMs)),
      [untilMs, null],
    );
    t.equal(pins.awaitedUntilMs(B, 0), null);
    pins.exitUp(A, 0);
    t.equal(pins.awaitedUntilMs(A, 0), null);
    t.match(pins.find('s', at(untilMs)), { type: 'live' });
  }
});

t.test('the addresses of an exit go with the pin, not with what comes after it', async (t) => {
  const pins = new Pins();
  t.same(pins.showed('s', A, '8.0.0.1', WALL), { type: 'none' });
  t.ok(pins.mayShow('s', A, '8.0.0.1'), 'without a pin nothing speaks against it');
  pins.pin('s', A, 'race', WALL);
  t.same(pins.showed('s', A, '8.0.0.1', WALL), { type: 'first' });
  t.same(pins.showed('s', A, '8.0.0.1', WALL), { type: 'known' });
  t.notOk(pins.mayShow('s', A, '8.0.0.2'));
  t.ok(pins.mayShow('s', A, '2a00::1'));
  t.ok(pins.mayShow('s', B, '8.0.0.2'), 'another exit');
  t.same(pins.showed('s', A, '8.0.0.2', WALL + 5), { type: 'changed', from: '8.0.0.1' });
  t.same(pins.showed('s', A, '8.0.0.1', WALL + 6), { type: 'known' });
  t.same(pins.showed('s', B, '8.0.0.3', WALL + 7), { type: 'none' });
  pins.pin('s', A, 'user', WALL + 8);
  t.match(pins.all(WALL)[0], {
    addresses: ['8.0.0.1', '8.0.0.2'],
    addressChanges: [{ from: '8.0.0.1', to: '8.0.0.2', atMs: WALL + 5 }],
  });
  const again = new Pins({ saved: JSON.parse(JSON.stringify(pins.saved(WALL + 9))) });
  t.same(again.showed('s', A, '8.0.0.3', WALL + 9), { type: 'changed', from: '8.0.0.1' }, 'over a restart');
  for (let n = 0; n < 20; n++) again.showed('s', A, `8.0.1.${n}`, WALL + 10 + n);
  t.equal(again.all(WALL)[0]!.addresses.length, 4);
  t.equal(again.all(WALL)[0]!.addressChanges.length, 8);
  t.equal(again.all(WALL)[0]!.addressChanges.at(-1)!.to, '8.0.1.19');
  again.pin('s', B, 'user', WALL + 40);
  t.match(again.all(WALL + 40)[0], { addresses: [], addressChanges: [] });
});

t.test('a page that names ten thousand hosts does not push out where its reader is logged in', async (t) => {
  const HOUR = 3_600_000;
  const pins = new Pins();
  for (let n = 0; n < 50; n++) pins.pin(`mine-${n}.example`, A, 'race', WALL);
  for (let n = 0; n < 50; n++) pins.use(`mine-${n}.example`, WALL + HOUR).close(WALL + HOUR);
  pins.pin('set.example', A, 'user', WALL + HOUR);
  const saved = pins.saved(WALL + HOUR);
  for (const each of [pins, new Pins({ saved })]) {
    for (let n = 0; n < 30_000; n++) each.pin(`x${n}.github.io`, B, 'race', WALL + 2 * HOUR);
    t.equal(each.size, 10_000);
    for (let n = 0; n < 50; n++) t.match(each.find(`mine-${n}.example`, at(2 * HOUR)), { pin: { exit: A } });
    t.match(each.find('set.example', at(2 * HOUR)), { pin: { exit: A } });
    t.match(each.find('x29999.github.io', at(2 * HOUR)), { pin: { exit: B } }, 'the newest are there');
  }
});
