import fc from 'fast-check';
import t from 'tap';
import { parseSavedPins, savePin } from '../../../socks/exits/saved-pins.ts';
import type { Pin } from '../../../socks/exits/pin.ts';
import { exitNumber } from './fixtures/exits.ts';

const [A, B] = [exitNumber(1), exitNumber(2)];
const pin: Pin = {
  site: 'a.example',
  exit: A,
  reason: 'race',
  sinceMs: 5,
  lastUsedMs: 6,
  openStreams: 3,
  moves: [{ site: 'a.example', from: B, to: A, reason: 'user', atMs: 5 }],
  addresses: ['8.0.0.2', '8.0.0.1', '2a00::1'],
  addressChanges: [{ from: '8.0.0.1', to: '8.0.0.2', atMs: 6 }],
};
const file = (...pins: readonly unknown[]) => ({ version: 1, pins });

t.test('a pin reads back, without its streams', async (t) => {
  t.same(parseSavedPins(file(savePin(pin))), [{ ...pin, openStreams: 0 }]);
  const bare = { ...pin, openStreams: 0, moves: [], addresses: [], addressChanges: [] };
  t.same(parseSavedPins(file(savePin(bare))), [bare]);
  t.same(Object.keys(savePin(bare)), ['site', 'exit', 'reason', 'since', 'used'], 'as before there were any');
});

t.test('every reason reads back, and nothing else is one', async (t) => {
  const good = savePin(pin);
  for (const reason of ['measured', 'race', 'prior', 'only', 'rule', 'user', 'exit-gone'] as const) {
    t.match(parseSavedPins(file(savePin({ ...pin, reason }))), [{ reason }]);
  }
  for (const reason of ['', 'Race', 'toString', '__proto__', 'hasOwnProperty', ['race'], { race: true }, true]) {
    t.same(parseSavedPins(file({ ...good, reason })), [], JSON.stringify(reason));
  }
});

t.test('no file of ours', async (t) => {
  for (const bad of [
    null,
    undefined,
    1,
    '',
    [],
    {},
    { version: 2, pins: [] },
    { version: 1 },
    { version: 1, pins: {} },
  ])
    t.equal(parseSavedPins(bad), null);
});

t.test('what is no pin is left out, the others stay', async (t) => {
  const good = savePin(pin);
  const bad = [
    null,
    [],
    'x',
    ...['', 3, 'a\u0000b', 'x'.repeat(1_025)].map((site) => ({ ...good, site })),
    ...['', 'short', 3, null].map((exit) => ({ ...good, exit })),
    ...['because', 3].map((reason) => ({ ...good, reason })),
    ...[-1, NaN, Infinity, '5', null].flatMap((time) => [
      { ...good, since: time },
      { ...good, used: time },
    ]),
  ];
  for (const entry of bad) t.equal(parseSavedPins(file(entry, good))?.length, 1);
  const moves = [null, 3, [], [A, B], [A, B, 'x', 1], [A, 'x', 'user', 1], [A, B, 'user', -1], [B, A, 'user', 5]];
  t.same(parseSavedPins(file({ ...good, moves }))?.[0]?.moves, pin.moves);
  t.same(parseSavedPins(file({ ...good, moves: 'x' }))?.[0]?.moves, []);
  const many = Array.from({ length: 20 }, (_, atMs) => [B, A, 'user', atMs]);
  t.same(
    parseSavedPins(file({ ...good, moves: many }))?.[0]?.moves.map(({ atMs }) => atMs),
    [12, 13, 14, 15, 16, 17, 18, 19],
  );
});

t.test('a site that is there twice counts once, and 10,000 in all', async (t) => {
  const good = savePin(pin);
  t.match(parseSavedPins(file(good, { ...good, exit: B })), [{ exit: B }]);
  const many = Array.from({ length: 10_005 }, (_, n) => ({ ...good, site: `${n}` }));
  const parsed = parseSavedPins(file(...many))!;
  t.equal(parsed.length, 10_000);
  t.equal(parsed[0]!.site, '5');
});

t.test('what is no address is left out, and no more than a pin has is read', async (t) => {
  const good = savePin(pin);
  const read = (addresses: unknown) => parseSavedPins(file({ ...good, addresses }))![0]!.addresses;
  t.same(read([null, 3, '', 'x', '8.0.0.01', '8.0.0.1', '::FFFF:8.0.0.2', '2A00::1', '8.0.0.1', '2a00::1']), [
    '8.0.0.1',
  ]);
  t.same(read('8.0.0.1'), []);
  t.same(read(['2a00::1', '8.0.0.1']), ['8.0.0.1', '2a00::1']);
  t.equal(read(Array.from({ length: 99 }, (_, n) => `8.0.0.${n}`)).length, 4);
  const changes = (addressChanges: unknown) => parseSavedPins(file({ ...good, addressChanges }))![0]!.addressChanges;
  const broken = [
    null,
    3,
    [],
    ['8.0.0.1', '8.0.0.2'],
    ['x', '8.0.0.2', 6],
    ['8.0.0.1', 4, 6],
    ['8.0.0.1', '8.0.0.2', -1],
  ];
  t.same(changes([...broken, ['8.0.0.1', '8.0.0.2', 6]]), pin.addressChanges);
  t.same(changes({}), []);
  t.equal(changes(Array.from({ length: 20 }, (_, n) => ['8.0.0.1', '8.0.0.2', n])).length, 8);
});

t.test('no JSON makes it throw', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      parseSavedPins(value);
      parseSavedPins(file(value, { ...savePin(pin), moves: value, addresses: value, addressChanges: value }));
    }),
    { seed: 4 },
  );
});
