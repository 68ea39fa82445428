import t from 'tap';
import { Pins } from '../../socks/exits/pins.ts';
import { TentativePins } from '../../socks/tentative-pins.ts';
import { testIdentity } from './fixtures/node-view.ts';

const TIME = { nowMs: 1_000, wallMs: Date.UTC(2026, 0, 1) };
const isUnwanted = (): boolean => false;

function setup() {
  const pins = new Pins();
  let changes = 0;
  const tentative = new TentativePins(pins, () => changes++);
  const pin = (reason: 'race' | 'user'): void => void pins.pin('example.com', testIdentity(2), reason, TIME.wallMs);
  const isPinned = (): boolean => pins.find('example.com', TIME).type !== 'none';
  return { tentative, pin, isPinned, changes: () => changes };
}

t.test('a pin is taken back once, where nobody wants it', async (t) => {
  const { tentative, pin, isPinned, changes } = setup();
  pin('race');
  tentative.takeBack('example.com', isUnwanted, TIME);
  t.ok(isPinned(), 'it is not tentative');
  tentative.add('example.com');
  tentative.takeBack('example.com', () => true, TIME);
  t.ok(isPinned(), 'others are on their way');
  tentative.takeBack('example.com', isUnwanted, TIME);
  t.notOk(isPinned());
  t.equal(changes(), 1);
  pin('race');
  tentative.takeBack('example.com', isUnwanted, TIME);
  t.ok(isPinned(), 'the next one is not');
});

t.test('a pin stays where a connection was let through, or the user made it', async (t) => {
  const { tentative, pin, isPinned, changes } = setup();
  pin('race');
  tentative.add('example.com');
  tentative.keep('example.com');
  tentative.takeBack('example.com', isUnwanted, TIME);
  t.ok(isPinned());
  tentative.add('example.com');
  pin('user');
  tentative.takeBack('example.com', isUnwanted, TIME);
  t.ok(isPinned());
  t.equal(changes(), 0);
});

t.test('without a pin nothing changes', async (t) => {
  const { tentative, changes } = setup();
  tentative.add('example.com');
  tentative.takeBack('example.com', isUnwanted, TIME);
  t.equal(changes(), 0);
});
