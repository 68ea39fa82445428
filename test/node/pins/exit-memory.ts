import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ExitMemory } from '../../../node/pins/exit-memory.ts';
import { exitNumber } from '../../socks/exits/fixtures/exits.ts';

const WALL = Date.UTC(2026, 5, 1);

function memoryIn(t: Test, stateFolder: string, persist = true) {
  const problems: string[] = [];
  const onProblem = (message: string): void => void problems.push(message);
  const memory = new ExitMemory({ stateFolder, persist, wallMs: () => WALL, onProblem });
  t.teardown(() => memory.close());
  return { memory, problems };
}

t.test('a later process knows what was learned, and nobody else may read it', async (t) => {
  const folder = join(t.testdir(), 'state');
  const { memory } = memoryIn(t, folder);
  memory.pins.pin('a.example', exitNumber(1), 'race', WALL);
  const way = { exit: exitNumber(1), site: 'a.example', network: null, country: null, exitRoundTripMs: 10 };
  memory.estimates.learnLeg(way, 25, WALL);
  memory.changed('use');
  memory.changed('pin');
  memory.changed('estimate');
  memory.close();
  memory.close();
  for (const name of ['pins.json', 'estimates.json']) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  const later = memoryIn(t, folder).memory;
  t.match(later.pins.all(WALL), [{ site: 'a.example', exit: exitNumber(1) }]);
  t.same(later.estimates.estimate(way, null, WALL), memory.estimates.estimate(way, null, WALL));
});

t.test('a full memory is not taken for a damaged file', async (t) => {
  const folder = t.testdir();
  const exits = Array.from({ length: 9 }, (_, i) => exitNumber(i + 1));
  const { memory } = memoryIn(t, folder);
  for (let n = 0; n < 20_000; n++) {
    const site = `some-site-${n}.example.com`;
    const place = { site, network: `2001:db8:${(n % 10_000).toString(16)}::/48`, country: 'DE', exitRoundTripMs: 1 };
    for (const exit of exits.slice(1)) memory.estimates.learnLeg({ ...place, exit }, 123.456, WALL);
    if (n >= 10_000) continue;
    for (const exit of exits) memory.pins.pin(site, exit, 'race', WALL);
    for (let last = 0; last < 8; last++) memory.pins.showed(site, exits[8]!, `2001:db8:1:2:3:4:5:${last}`, WALL);
  }
  memory.changed('pin');
  memory.changed('estimate');
  memory.close();
  const { memory: later, problems } = memoryIn(t, folder);
  t.same(problems, []);
  t.equal(later.pins.size, 10_000);
  t.same(later.estimates.sizes, { sites: 20_000, networks: 10_000 });
});

t.test('what did not change is not written', async (t) => {
  const folder = t.testdir();
  memoryIn(t, folder).memory.close();
  t.same(readdirSync(folder), []);
});

t.test('without persist nothing is written, and earlier files go', async (t) => {
  const folder = t.testdir({
    'pins.json': '{}',
    'pins.json.damaged-5': 'x',
    'estimates.json': '{}',
    'mesh.json': '{}',
  });
  const { memory, problems } = memoryIn(t, folder, false);
  t.same(readdirSync(folder), ['mesh.json']);
  memory.pins.pin('a.example', exitNumber(1), 'race', WALL);
  memory.changed('pin');
  memory.close();
  t.same(readdirSync(folder), ['mesh.json']);
  memoryIn(t, join(folder, 'absent'), false);
  t.same(problems, []);
});

t.test('damaged or foreign files cost the memory and nothing else', async (t) => {
  const folder = t.testdir({ 'pins.json': '{"version":1,"pins":[', 'estimates.json': '[1,2,3]' });
  const { memory, problems } = memoryIn(t, folder);
  t.equal(memory.pins.size, 0);
  t.equal(problems.length, 1);
  t.equal(readFileSync(join(folder, `pins.json.damaged-${WALL}`), 'utf8'), '{"version":1,"pins":[');
});

t.test('a folder that cannot be written is told of', async (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, 'state'), 'a file');
  const { memory, problems } = memoryIn(t, join(folder, 'state'));
  memory.pins.pin('a', exitNumber(1), 'race', WALL);
  memory.changed('pin');
  memory.close();
  t.ok(problems.length > 0);
  mkdirSync(join(folder, 'other'));
  t.notOk(existsSync(join(folder, 'other', 'pins.json')));
});
