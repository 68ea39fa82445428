import t from 'tap';
import { encodeRevocation, signRevocation } from '../../mesh/gossip/revocation.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const sodium = await loadSodium();

t.test('what gossip learns is logged, and must be saved', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  sim.pass(500);
  const known = client.notices.filter(({ code }) => code === 'node-known').map(({ node }) => node);
  t.same(new Set(known), new Set([1, 2]));
  t.equal(JSON.stringify(client.saved), client.persisted, 'nothing is left to be saved');
  const revocation = signRevocation(sodium, sim.admin.secretKey, { id: nodeId(2), upToSerial: 1 });
  t.ok(client.do((mesh, nowMs) => mesh.admit(encodeRevocation(revocation), 'revocation', nowMs)));
  t.match(client.notices.slice(-3), [
    { code: 'revoked', node: 2, level: 'warn' },
    { code: 'node-removed', node: 2, message: /revoked by the admin/ },
    { code: 'peer-down', node: 2, message: /removed/ },
  ]);
});

t.test('documents that are malformed or of the other kind are not taken', async (t) => {
  const { sim, client } = makeSmallMesh(t, sodium);
  const bytes = encodeRevocation(signRevocation(sodium, sim.admin.secretKey, { id: nodeId(2), upToSerial: 1 }));
  for (const kind of ['revocation', 'key-change'] as const) {
    for (const document of [new Uint8Array(0), bytes.subarray(1), new Uint8Array(105)]) {
      t.notOk(client.do((mesh, nowMs) => mesh.admit(document, kind, nowMs)));
    }
  }
  t.notOk(client.do((mesh, nowMs) => mesh.admit(bytes, 'key-change', nowMs)));
  t.ok(client.do((mesh, nowMs) => mesh.admit(bytes, 'revocation', nowMs)));
  t.notOk(
    client.do((mesh, nowMs) => mesh.admit(bytes, 'revocation', nowMs)),
    'twice',
  );
});

t.test('a configuration that runs twice is told so', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  const twin = sim.add(50, { servers: [firstServer(exits[0]!)], wantsExits: true });
  t.ok(untilUp(sim, twin, exits));
  // The same number and identity on another machine, whose state is not the first one's.
  sim.pass(2_000);
  const copy = sim.addCopy(twin, 'copy');
  const told = (): number => twin.notices.filter(({ code }) => code === 'configuration-copied').length;
  t.ok(
    sim.until(() => told() > 0, 5_000),
    'at once',
  );
  t.match(
    twin.notices.find(({ code }) => code === 'configuration-copied'),
    { level: 'error', message: /until it is started again; .*invite it under its own number/ },
  );
  sim.pass(300_000);
  t.equal(told(), 1, 'once, though two servers said so');
  copy.kill('silently');
  sim.pass(300_000);
  t.notOk(
    exits.some((exit) => twin.stateOf(exit) === 'up'),
    'not heard by itself once the copy is gone',
  );
  twin.restart();
  t.ok(untilUp(sim, twin, exits), 'but once it is started again, as it was told');
});

t.test('who has a session with one other only believes that one', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  const twin = sim.add(50, { servers: [firstServer(exits[0]!)], wantsExits: true });
  t.ok(untilUp(sim, twin, exits));
  sim.pass(2_000);
  sim.addCopy(twin, 'copy');
  t.ok(sim.until(() => twin.notices.some(({ code }) => code === 'configuration-copied'), 5_000));
});

t.test('one member alone says in vain that a configuration runs twice', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  const hostile = new HostileMember(sim, 66);
  for (let round = 0; round < 3; round++) {
    hostile.incarnation++;
    hostile.meet(exits[0]!);
    hostile.say(exits[0]!, [{ type: 'goodbye', reason: 'superseded', backInS: 0 }]);
    sim.pass(1_000);
  }
  t.notOk(exits[0]!.notices.some(({ code }) => code === 'configuration-copied'));
});

t.test('a node that starts again is not taken for a copy', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  for (const isStateLost of [false, true]) {
    client.restart({ isStateLost });
    exits[1]!.restart({ isStateLost });
    sim.pass(30_000);
    t.ok(untilUp(sim, client, exits));
  }
  for (const node of [client, ...exits]) t.notOk(node.notices.some(({ code }) => code === 'configuration-copied'));
});
