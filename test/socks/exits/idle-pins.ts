import t from 'tap';
import { IdlePins } from '../../../socks/exits/idle-pins.ts';
import type { Pin } from '../../../socks/exits/pin.ts';
import { exitNumber } from './fixtures/exits.ts';

const HOUR = 3_600_000;
const WALL = Date.UTC(2026, 5, 1);
const [A, B] = [exitNumber(1), exitNumber(2)];

function pin(site: string, sinceMs: number, lastUsedMs: number, movedMs: readonly number[] = []): Pin {
  const moves = movedMs.map((ms) => ({ site, from: A, to: B, reason: 'exit-gone', atMs: WALL + ms }) as const);
  const times = { sinceMs: WALL + sinceMs, lastUsedMs: WALL + lastUsedMs };
  return { site, exit: B, reason: 'race', ...times, openStreams: 0, moves, addresses: [], addressChanges: [] };
}

const sites = (pins: IdlePins<Pin>): string =>
  pins
    .all()
    .map(({ site }) => site)
    .join(' ');

t.test('in the order of use, each once', async (t) => {
  const pins = new IdlePins(4);
  for (const each of [pin('a', 0, 1), pin('b', 0, HOUR), pin('c', 0, 2), pin('a', 0, 3)]) pins.add(each);
  t.equal(sites(pins), 'c a b');
  t.equal(pins.size, 3);
  t.equal(pins.get('b')?.lastUsedMs, WALL + HOUR);
  pins.add(pin('a', 0, 2 * HOUR));
  t.equal(sites(pins), 'c b a');
  t.same([pins.delete('a'), pins.delete('a'), pins.get('a')], [true, false, undefined]);
});

t.test('who was used again goes after who was not, until those are few', async (t) => {
  const pins = new IdlePins(8);
  pins.add(pin('old', 0, HOUR));
  pins.add(pin('moved', 3 * HOUR, 3 * HOUR, [2 * HOUR]));
  for (let n = 0; n < 6; n++) pins.add(pin(`n${n}`, 5 * HOUR, 5 * HOUR + n));
  const gone: string[] = [];
  while (pins.size > 0) {
    const before = sites(pins).split(' ');
    pins.deleteOne();
    gone.push(...before.filter((site) => pins.get(site) === undefined));
  }
  t.equal(gone.join(' '), 'n0 n1 n2 n3 old moved n4 n5');
  pins.deleteOne();
  t.equal(pins.size, 0);
});
