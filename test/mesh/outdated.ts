// Nodes that were away for long: what they know is old, and so is what others know of them.
import t from 'tap';
import { encodeRevocation, signRevocation } from '../../mesh/gossip/revocation.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { viewOf } from '../fixtures/scale-mesh.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const DAY_MS = 86_400_000;

t.test('who was away while others moved, came and were put out learns it within five seconds', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 4 });
  t.ok(untilUp(sim, client, exits));
  sim.pass(5_000);
  client.kill('silently');
  const [first, moved, revoked, away] = exits as [typeof client, typeof client, typeof client, typeof client];
  away.kill('silently');
  sim.pass(60_000);
  moved.kill('silently');
  moved.host.changeAddress('198.51.100.2');
  moved.restart();
  const late = sim.add(5, { exit: true, listens: ['udp'], servers: [firstServer(first)] });
  const document = encodeRevocation(signRevocation(sodium, sim.admin.secretKey, { id: revoked.id, upToSerial: 1 }));
  first.do((mesh, nowMs) => mesh.admit(document, 'revocation', nowMs));
  sim.pass(60_000);
  revoked.kill('silently');
  const current = viewOf(first);
  // Both know what is old only, and one has just that server to begin with which moved.
  away.restart({ options: { servers: [firstServer(first)] } });
  client.restart({ options: { servers: [{ id: moved.id, endpoints: [] }] } });
  const isCurrent = (): boolean => [away, client, late, moved].every((node) => viewOf(node) === viewOf(first));
  t.ok(sim.until(isCurrent, 5_000));
  t.notOk(client.mesh.nodes().some(({ id }) => id === revoked.id));
  t.match(client.mesh.nodes(), [{ id: 1 }, { id: 2 }, { id: 4 }, { id: 5 }]);
  sim.pass(60_000);
  const addressesOf = (view: string): string =>
    view
      .split('\n')
      .filter((line) => !line.startsWith('4 '))
      .join('\n');
  t.equal(addressesOf(viewOf(first)), addressesOf(current), 'and nobody believes what is older');
});

for (const [days, isDialled] of [
  [29, true],
  [31, false],
] as const) {
  t.test(`addresses of a node that nobody heard for ${days} days`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3, client: { wantsExits: false } });
    const gone = exits[2]!;
    t.ok(sim.until(() => client.mesh.nodes().length === 3 && exits.every((exit) => exit.mesh.nodes().length === 3)));
    gone.kill('silently');
    sim.pass(10_000);
    client.setWallClock(days * DAY_MS);
    let packets = 0;
    sim.onPacket = (_bytes, from, to) => {
      if (from === 'n100' && to === 'n3') packets++;
    };
    client.do((mesh, nowMs) => mesh.ping(gone.id, nowMs));
    sim.pass(30_000);
    t.equal(packets > 0, isDialled, 'by then they may be anybody’s');
    gone.restart();
    t.ok(
      sim.until(() => exits[0]!.stateOf(gone) === 'up', 5_000),
      'it comes back by itself',
    );
    sim.pass(1_000);
    client.do((mesh, nowMs) => mesh.ping(gone.id, nowMs));
    t.ok(
      sim.until(() => client.pongsMs.length > 0, 5_000),
      'and then its addresses count again',
    );
  });
}
