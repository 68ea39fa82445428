import t from 'tap';
import { encodeRevocation, signRevocation } from '../../mesh/gossip/revocation.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
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
