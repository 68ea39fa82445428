import fc from 'fast-check';
import t from 'tap';
import { MAX_NODE_ID } from '../../../config/node-id.ts';
import type { NodeAddress } from '../../../mesh/gossip/node-address.ts';
import { ObservedAddresses } from '../../../mesh/gossip/observed-addresses.ts';
import { nodeId } from './fixtures/documents.ts';

const HOUR_MS = 3_600_000;

function seen(host: string, port = 4_840): NodeAddress {
  return { transport: 'udp', source: 'observed', host, port };
}

function hosts({ current }: ObservedAddresses): string[] {
  return current.map(({ host }) => host);
}

t.test('the address that the most members name, of several the one named last', async (t) => {
  const observed = new ObservedAddresses();
  t.same(observed.current, []);
  t.ok(observed.told(nodeId(1), seen('8.0.0.1'), null, 0));
  t.same(observed.current, [seen('8.0.0.1')]);
  t.ok(observed.told(nodeId(2), seen('8.0.0.2'), null, 1));
  t.same(hosts(observed), ['8.0.0.2'], 'one against one');
  t.ok(observed.told(nodeId(3), seen('8.0.0.1'), null, 2));
  t.same(hosts(observed), ['8.0.0.1'], 'two against one');
  t.notOk(observed.told(nodeId(2), seen('8.0.0.2'), null, 3), 'said again it is no more');
  t.notOk(observed.told(nodeId(2), seen('8.0.0.3'), null, 4), 'one value a member');
  t.ok(observed.told(nodeId(3), seen('8.0.0.3'), null, 5), 'a member that changes its mind');
  t.same(hosts(observed), ['8.0.0.3']);
});

t.test('each family for itself, IPv4 first', async (t) => {
  const observed = new ObservedAddresses();
  observed.told(nodeId(1), seen('2a00::1'), null, 0);
  t.same(hosts(observed), ['2a00::1']);
  observed.told(nodeId(2), seen('8.0.0.1'), null, 0);
  t.same(hosts(observed), ['8.0.0.1', '2a00::1']);
  observed.told(nodeId(3), seen('8.0.0.2'), null, 0);
  t.same(hosts(observed), ['8.0.0.2', '2a00::1']);
  observed.told(nodeId(1), seen('8.0.0.2'), null, 0);
  t.same(hosts(observed), ['8.0.0.2', '2a00::1'], 'that nobody names the other now says nothing about it');
});

t.test('addresses that mean nothing elsewhere count for nothing', async (t) => {
  const observed = new ObservedAddresses();
  for (const host of ['10.0.0.1', '127.0.0.1', '100.64.0.1', '203.0.113.7', 'fe80::1', 'fd00::1', '0.0.0.0', '::'])
    t.notOk(observed.told(nodeId(1), seen(host), null, 0), host);
  t.same(observed.current, []);
  observed.told(nodeId(1), seen('8.0.0.1'), null, 0);
  observed.told(nodeId(1), seen('10.0.0.1'), null, 0);
  observed.told(nodeId(2), seen('8.0.0.2'), null, 0);
  t.same(hosts(observed), ['8.0.0.2'], 'who sees a private one now has no word any more');
});

t.test('another port of the same address is no change', async (t) => {
  const observed = new ObservedAddresses();
  observed.told(nodeId(1), seen('8.0.0.1', 1), null, 0);
  t.notOk(observed.told(nodeId(1), seen('8.0.0.1', 2), null, 0));
  t.same(observed.current, [seen('8.0.0.1', 1)]);
});

t.test('whose session is over has no word, but the result stays until somebody speaks', async (t) => {
  const observed = new ObservedAddresses();
  observed.told(nodeId(1), seen('8.0.0.1'), null, 0);
  observed.told(nodeId(2), seen('8.0.0.1'), null, 0);
  observed.forget(nodeId(1));
  observed.forget(nodeId(2));
  t.notOk(observed.review(1));
  t.same(hosts(observed), ['8.0.0.1']);
  t.ok(observed.told(nodeId(3), seen('8.0.0.2'), null, 2));
  t.same(hosts(observed), ['8.0.0.2']);
});

t.test('sixteen words are kept, the last ones', async (t) => {
  const observed = new ObservedAddresses();
  for (let id = 1; id <= 10; id++) observed.told(nodeId(id), seen('8.0.0.1'), null, 0);
  for (let id = 11; id <= 19; id++) observed.told(nodeId(id), seen('8.0.0.2'), null, 0);
  t.same(hosts(observed), ['8.0.0.2'], 'nine against seven');
});

t.test('a member that says another one each time changes little', async (t) => {
  const observed = new ObservedAddresses();
  let changes = 0;
  for (let index = 0; index < 1_000; index++)
    if (observed.told(nodeId(1), seen(`8.0.${index >> 8}.${index & 255}`), null, index)) changes++;
  t.equal(changes, 20);
  t.same(hosts(observed), ['8.0.0.19']);
  t.notOk(observed.review(HOUR_MS - 1));
  t.ok(observed.review(HOUR_MS), 'what was kept back is taken up later');
  t.same(hosts(observed), ['8.0.3.231']);
});

t.test('whatever members say, one address a family, named by one of them', async (t) => {
  const words = fc.array(
    fc.record({
      id: fc.integer({ min: 1, max: MAX_NODE_ID }),
      host: fc.constantFrom('8.0.0.1', '8.0.0.2', '10.0.0.1', '2a00::1', '2a00::2', 'fe80::1'),
      isOver: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  const property = fc.property(words, (all) => {
    const observed = new ObservedAddresses();
    for (const [index, { id, host, isOver }] of all.entries()) {
      if (isOver) observed.forget(nodeId(id));
      else observed.told(nodeId(id), seen(host), null, index * HOUR_MS);
      const families = hosts(observed).map((text) => (text.includes(':') ? 6 : 4));
      if (new Set(families).size !== families.length || families.length > 2) return false;
      if (hosts(observed).some((text) => text === '10.0.0.1' || text === 'fe80::1')) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 200 }));
});

t.test('the way in, where private addresses count, too', async (t) => {
  const observed = new ObservedAddresses();
  t.equal(observed.natClass, 'unknown');
  t.notOk(observed.told(nodeId(1), seen('10.0.0.9', 5), 40_000, 0));
  t.ok(observed.told(nodeId(2), seen('10.0.0.9', 5), 40_000, 0));
  t.equal(observed.natClass, 'easy');
  t.notOk(observed.told(nodeId(2), seen('10.0.0.9', 6), 40_000, 0), 'one against one says nothing');
  t.ok(observed.told(nodeId(3), seen('10.0.0.9', 7), 40_000, 0));
  t.equal(observed.natClass, 'symmetric');
  observed.forget(nodeId(2));
  observed.forget(nodeId(3));
  t.notOk(observed.told(nodeId(1), seen('10.0.0.9', 5), 40_000, 0));
  t.equal(observed.natClass, 'symmetric', 'too few words say nothing new');
  t.ok(observed.setOwnAddresses(['192.0.2.1', '10.0.0.9'], 0));
  t.equal(observed.natClass, 'public');
  t.notOk(observed.setOwnAddresses(['10.0.0.9'], 0));
});

t.test('another public address: the way in has to be found out anew', async (t) => {
  const observed = new ObservedAddresses();
  observed.told(nodeId(1), seen('8.0.0.1', 5), 40_000, 0);
  observed.told(nodeId(2), seen('8.0.0.1', 5), 40_000, 0);
  t.equal(observed.natClass, 'easy');
  observed.told(nodeId(1), seen('8.0.0.2', 5), 40_001, 0);
  t.equal(observed.natClass, 'unknown');
});
