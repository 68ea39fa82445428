import fc from 'fast-check';
import t from 'tap';
import { EgressGuard } from '../../../socks/exits/egress-guard.ts';
import { addressChangeText, type ExitEvent } from '../../../socks/exits/exit-event.ts';
import type { ExitView } from '../../../socks/exits/exit-view.ts';
import { Pins } from '../../../socks/exits/pins.ts';
import { addressBytes } from '../../../socks/host-text.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { exitView, testIdentity } from '../fixtures/node-view.ts';

const WALL_MS = Date.UTC(2026, 0, 1);

/** Exit N, as its record says that others see it. */
function exit(id: number, publicAddresses: readonly string[] = [], state: ExitView['state'] = 'up'): ExitView {
  return { ...exitView(id, state), identity: testIdentity(id), publicAddresses };
}

/** A guard over the site `a` at exit 2, and what it told. */
function setup(...exits: readonly ExitView[]) {
  const pins = new Pins();
  const told: string[] = [];
  const changes: string[] = [];
  const guard = new EgressGuard({
    pins,
    wallMs: () => WALL_MS,
    changed: (what) => changes.push(what),
    onExitEvent: (event) => told.push(words(event)),
  });
  guard.nodesChanged(exits);
  pins.pin('a', testIdentity(2), 'race', WALL_MS);
  const opened = (bound: string, site = 'a', id = 2): readonly string[] => {
    told.length = 0;
    guard.opened(nodeId(id), site, { host: { type: 'ip', bytes: addressBytes(bound)! }, port: 1 });
    return [...told];
  };
  const addresses = (): readonly string[] => pins.all(WALL_MS).find(({ site }) => site === 'a')!.addresses;
  return { pins, guard, opened, addresses, changes, isSettled: (site = 'a') => guard.isSettled(nodeId(2), site) };
}

function words(event: ExitEvent): string {
  return event.type === 'address-changed' ? `${event.site} at ${event.exit}: ${event.from} to ${event.to}` : event.type;
}

t.test('an exit with another public address is told of once for each site, and the pin stays', async (t) => {
  const { pins, opened, addresses, changes } = setup(exit(2));
  pins.pin('b', testIdentity(2), 'race', WALL_MS);
  t.same(opened('8.0.0.1'), [], 'the first is none that changed');
  t.same(opened('8.0.0.1'), []);
  t.same(opened('8.0.0.1', 'b'), []);
  t.same(changes, ['pin', 'pin'], 'and is kept');
  t.same(opened('8.0.0.2'), ['a at 2: 8.0.0.1 to 8.0.0.2']);
  t.same(opened('8.0.0.2'), [], 'once');
  t.same(opened('8.0.0.2', 'b'), ['b at 2: 8.0.0.1 to 8.0.0.2']);
  t.same(addresses(), ['8.0.0.2', '8.0.0.1']);
  t.equal(pins.all(WALL_MS).length, 2);
  t.ok(pins.all(WALL_MS).every(({ exit: at }) => at === testIdentity(2)));
});

t.test('addresses that take turns are told of once each', async (t) => {
  const { opened, addresses } = setup(exit(2));
  const events = Array.from({ length: 40 }, (_, index) => opened(`8.0.0.${(index % 4) + 1}`)).flat();
  t.equal(events.length, 3);
  t.same(addresses(), ['8.0.0.4', '8.0.0.3', '8.0.0.2', '8.0.0.1']);
  t.same(opened('8.0.0.5'), ['a at 2: 8.0.0.4 to 8.0.0.5']);
  t.equal(addresses().length, 4);
});

t.test('each family for itself', async (t) => {
  const { opened, addresses } = setup(exit(2));
  t.same(opened('8.0.0.1'), []);
  t.same(opened('2a00::1'), [], 'the first of its family');
  t.same(opened('8.0.0.1'), []);
  t.same(opened('2a00::2'), ['a at 2: 2a00::1 to 2a00::2']);
  t.same(opened('8.0.0.1'), []);
  t.same(addresses(), ['8.0.0.1', '2a00::2', '2a00::1']);
});

t.test('behind a NAT the address counts that others see; what is not known never changed', async (t) => {
  const { guard, opened, addresses } = setup(exit(2));
  t.same(opened('10.0.0.1'), []);
  t.same(addresses(), [], 'not known');
  guard.nodesChanged([exit(2, ['8.0.0.1'])]);
  t.same(opened('10.0.0.1'), []);
  guard.nodesChanged([exit(2)]);
  t.same(opened('10.0.0.1'), []);
  t.same(opened('0.0.0.0'), []);
  guard.nodesChanged([exit(2, ['2a00::1'])]);
  t.same(opened('10.0.0.1'), [], 'of another family');
  t.same(addresses(), ['8.0.0.1'], 'and nothing is forgotten');
  guard.nodesChanged([exit(2, ['8.0.0.2', '2a00::1'])]);
  t.same(opened('10.0.0.7'), ['a at 2: 8.0.0.1 to 8.0.0.2']);
  t.same(opened('8.0.0.1'), [], 'a bound address that all can tell apart says more than the record');
});

t.test('sites without a pin, at another exit, and exits that are not known', async (t) => {
  const { pins, opened } = setup(exit(2), exit(3));
  t.same(opened('8.0.0.1', 'c'), []);
  t.same(opened('8.0.0.2', 'c'), []);
  opened('8.0.0.1');
  t.same(opened('8.0.0.3', 'a', 3), [], 'a stream of an override, beside the pin');
  t.same(opened('8.0.0.9', 'a', 9), []);
  pins.pin('a', testIdentity(3), 'user', WALL_MS);
  t.same(opened('8.0.0.3', 'a', 3), [], 'a move is told of by itself');
  t.same(opened('8.0.0.4', 'a', 3), ['a at 3: 8.0.0.3 to 8.0.0.4']);
});

t.test('bytes may go early only where nothing speaks for another address', async (t) => {
  const { pins, guard, opened, isSettled } = setup(exit(2));
  t.notOk(isSettled(), 'the exit has not answered yet');
  opened('10.0.0.1');
  t.ok(isSettled(), 'not known is no change');
  guard.nodesChanged([exit(2, ['8.0.0.1'])]);
  t.notOk(isSettled(), 'its record says something new');
  opened('10.0.0.1');
  t.ok(isSettled());
  guard.nodesChanged([exit(2, ['8.0.0.2'])]);
  t.notOk(isSettled());
  pins.pin('b', testIdentity(2), 'race', WALL_MS);
  opened('10.0.0.1', 'b');
  t.notOk(isSettled(), 'the other site saw the new one, this one has not yet');
  t.ok(isSettled('b'));
  t.same(opened('10.0.0.1'), ['a at 2: 8.0.0.1 to 8.0.0.2']);
  t.ok(isSettled());
  opened('8.0.0.3', 'b');
  t.notOk(isSettled(), 'one bound address that is new is enough');
  t.notOk(guard.isSettled(nodeId(9), 'a'));
});

t.test('a record that names another address than sites see does no harm', async (t) => {
  const { opened, isSettled } = setup(exit(2, ['8.0.0.9']));
  opened('8.0.0.1');
  t.ok(isSettled());
  t.same(opened('8.0.0.1'), []);
});

t.test('after a session ended the exit has to answer first', async (t) => {
  const { guard, opened, isSettled } = setup(exit(2));
  opened('8.0.0.1');
  t.ok(isSettled());
  guard.nodesChanged([exit(2, [], 'suspect')]);
  t.ok(isSettled());
  guard.nodesChanged([exit(2, [], 'down')]);
  guard.nodesChanged([exit(2)]);
  t.notOk(isSettled());
  guard.nodesChanged([]);
  t.notOk(isSettled());
});

t.test(
  'whatever exits show: told of exactly where the site saw a known address of the family, and not this one',
  async (t) => {
    const address = fc.constantFrom(
      '8.0.0.1',
      '8.0.0.2',
      '8.0.0.3',
      '10.0.0.1',
      '2a00::1',
      '2a00::2',
      'fd00::1',
      '0.0.0.0',
    );
    const property = fc.property(fc.array(address, { maxLength: 60 }), (shown) => {
      const { opened, isSettled } = setup(exit(2));
      const known = new Set<string>();
      for (const bound of shown) {
        const isPublic = /^(8|2a00)/.test(bound);
        const isV6 = bound.includes(':');
        const hasFamily = [...known].some((each) => each.includes(':') === isV6);
        const isNew = isPublic && hasFamily && !known.has(bound);
        if ((opened(bound).length === 1) !== isNew) return false;
        if (isPublic) known.add(bound);
        if (!isSettled()) return false;
      }
      return true;
    });
    t.doesNotThrow(() => fc.assert(property, { seed: 5, numRuns: 300 }));
  },
);

t.test('in words', async (t) => {
  const event = { type: 'address-changed', site: 'a.test', exit: nodeId(3), from: '8.0.0.1', to: '8.0.0.2' } as const;
  t.equal(addressChangeText(event), 'site a.test stays at exit 3, which it now sees as 8.0.0.2; it was 8.0.0.1');
});
