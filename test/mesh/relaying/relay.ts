import t from 'tap';
import { encodeRevocation, signRevocation } from '../../../mesh/gossip/revocation.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { makeRelayMesh, type RelayMeshOptions, untilJoined } from '../../fixtures/relay-mesh.ts';
import { type ForgedFields, RouteForger } from '../../fixtures/route-forger.ts';
import type { SimNode } from '../../fixtures/sim-node.ts';
import type { FailingTest } from '../../fixtures/sim/packet-flow.ts';
import { FakeLink } from '../peering/fixtures/fake-link.ts';

const sodium = await loadSodium();

/** Relays 11 and 12, client 100 and exit 1, joined; and a forger who sends for any of them. */
function make(t: FailingTest, options: RelayMeshOptions = {}) {
  const mesh = makeRelayMesh(t, sodium, { relays: 2, ...options });
  const { sim, relays } = mesh;
  if (!untilJoined(mesh) || !sim.until(() => relays[1]!.stateOf(relays[0]!) === 'up')) throw new Error('not joined');
  sim.pass(2_000);
  const forger = new RouteForger(sim);
  const [relay, other] = relays as readonly [SimNode, SimNode];
  /** What a relay passes on of a message that comes from a node's address: `from>to`. */
  const passes = (from: SimNode, to: SimNode, fields: ForgedFields): readonly string[] => {
    forger.clear();
    forger.send(from, to, forger.message(fields));
    sim.pass(100);
    return forger.passed.filter((passed) => passed.from === `n${to.id}`).map((passed) => `${passed.from}>${passed.to}`);
  };
  return { ...mesh, relay, other, forger, passes };
}

t.test('a message goes on with a higher hop index, a tick, and no byte in common', async (t) => {
  const { sim, relay, other, exit, client, forger } = make(t);
  const sent = forger.message({ origin: 100, relay1: 11, relay2: 12, destination: 1, payloadBytes: 700 });
  forger.send(client, relay, sent);
  sim.pass(100);
  const [, second, third] = forger.passed;
  t.match(second, { from: 'n11', to: 'n12', header: { hopIndex: 1, origin: 100, destination: 1, relay2Tick: 255 } });
  t.match(third, { from: 'n12', to: 'n1', header: { hopIndex: 2, payloadBytes: 700 } });
  t.ok(third!.header.relay1Tick <= 254 && third!.header.relay2Tick >= third!.header.relay1Tick);
  for (const [one, two] of [
    [sent, second!.bytes],
    [second!.bytes, third!.bytes],
    [sent, third!.bytes],
  ] as const) {
    let same = 0;
    for (let at = 0; at < sent.length; at++) if (one[at] === two[at]) same++;
    t.ok(same < 20, `${same} bytes agree by chance`);
  }
  t.equal(exit.stateOf(client), 'up');
  t.equal(other.stateOf(client), 'up');
});

t.test('by one relay or two, in both directions', async (t) => {
  const { relay, other, exit, client, passes } = make(t);
  t.same(passes(client, relay, { origin: 100, relay1: 11, destination: 1 }), ['n11>n1']);
  t.same(passes(exit, relay, { origin: 1, relay1: 11, destination: 100 }), ['n11>n100']);
  t.same(passes(exit, other, { origin: 1, relay1: 12, relay2: 11, destination: 100 }), ['n12>n11']);
  t.same(passes(relay, other, { origin: 100, relay1: 11, relay2: 12, hopIndex: 1, destination: 1 }), ['n12>n1']);
});

t.test('all else gets silence', async (t) => {
  const { sim, relay, other, exit, client, forger, passes } = make(t);
  const table: readonly (readonly [string, SimNode, SimNode, ForgedFields])[] = [
    ['by the link of another than the origin', exit, relay, { origin: 100, relay1: 11, destination: 1 }],
    ['the origin is the relay before', other, relay, { origin: 100, relay1: 11, destination: 1 }],
    ['by the link of another than the relay before', client, other, hop1(12, 11)],
    ['the origin sends what only a relay could', client, other, hop1(11, 12)],
    ['another relay’s turn', client, other, { origin: 100, relay1: 11, destination: 1 }],
    ['its own turn is over', other, relay, hop1(11, 12)],
    ['its own turn is yet to come', client, other, { origin: 100, relay1: 11, relay2: 12, destination: 1 }],
    ['nobody’s turn is left', other, relay, { ...hop1(12, 11), hopIndex: 2 }],
    ['by a member that is no relay, as if it were', exit, relay, { ...hop1(1, 11), destination: 12 }],
    ['a stranger’s number as origin, by a relay', other, relay, { ...hop1(12, 11), origin: 77 }],
    ['to a stranger’s number', client, relay, { origin: 100, relay1: 11, destination: 77 }],
    ['by a stranger’s number', client, relay, { origin: 100, relay1: 11, relay2: 77, destination: 1 }],
    ['an exit that is no relay', client, exit, { origin: 100, relay1: 1, destination: 11 }],
  ];
  for (const [what, from, to, fields] of table) t.same(passes(from, to, fields), [], what);
  forger.clear();
  const persisted = relay.persisted;
  const link = new FakeLink();
  relay.mesh.receive(link, forger.message({ origin: 100, relay1: 11, destination: 1 }), relay.nowMs);
  t.equal(link.sent.length, 0, 'a link on which nobody has proven himself');
  relay.mesh.tick(relay.nowMs);
  t.same(forger.passed, []);
  t.equal(relay.persisted, persisted);
  t.same(passes(client, relay, { origin: 100, relay1: 11, destination: 1 }), ['n11>n1'], 'the real one still passes');
  t.equal(sim.nodes.size, 4);
});

function hop1(relay1: number, relay2: number): ForgedFields {
  return { origin: 100, relay1, relay2, hopIndex: 1, destination: 1 };
}

t.test('a route that names a node twice is no route', async (t) => {
  const { forger } = make(t);
  for (const fields of [
    { origin: 100, relay1: 11, relay2: 11, destination: 1 },
    { origin: 100, relay1: 100, destination: 1 },
    { origin: 100, relay1: 1, destination: 1 },
    { origin: 100, relay1: 11, relay2: 100, destination: 1 },
    { origin: 100, relay1: 11, destination: 100 },
  ])
    t.throws(() => forger.message(fields), RangeError, JSON.stringify(fields));
});

t.test('whoever is put out of the mesh is passed on no more, neither from nor to', async (t) => {
  const { sim, relay, client, passes } = make(t);
  const fields = { origin: 100, relay1: 11, destination: 1 };
  t.same(passes(client, relay, fields), ['n11>n1']);
  const url = relay.mesh.nodes().find(({ id }) => id === client.id)!.link;
  t.ok(url);
  const revocation = encodeRevocation(signRevocation(sodium, sim.admin.secretKey, { id: client.id, upToSerial: 1 }));
  t.ok(relay.do((mesh, nowMs) => mesh.admit(revocation, 'revocation', nowMs)));
  t.throws(() => passes(client, relay, { ...fields, packetNumber: 1 }), /no link/);
});

t.test('at most two copies of a message', async (t) => {
  const { sim, relay, client, forger } = make(t);
  const message = forger.message({ origin: 100, relay1: 11, destination: 1 });
  for (let count = 0; count < 20; count++) forger.send(client, relay, message);
  sim.pass(100);
  t.equal(forger.passed.filter(({ from }) => from === 'n11').length, 2);
});

t.test('no more for one link than is allowed, whoever is said to be the origin, and as much for others', async (t) => {
  const { sim, relay, other, client, exit, forger } = make(t, {
    relay: { relayLimits: { bytesPerMs: 100, packetsPerMs: 1 } },
  });
  const bytesTo = (to: string): number =>
    forger.passed
      .filter((passed) => passed.from === 'n11' && passed.to === to)
      .reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (let packetNumber = 0; packetNumber < 1_000; packetNumber++) {
    const origin = 100;
    forger.send(
      client,
      relay,
      forger.message({ origin, relay1: 11, destination: 1, packetNumber, payloadBytes: 1_000 }),
    );
    sim.pass(1);
  }
  sim.pass(100);
  t.ok(
    bytesTo('n1') <= 110_000 && bytesTo('n1') > 90_000,
    `${bytesTo('n1')} bytes in a second and 50 ms, waste included`,
  );
  const { passedBytes, refusedMessages } = relay.mesh.relayed;
  t.ok(
    passedBytes >= bytesTo('n1') && refusedMessages > 850,
    `tells of ${passedBytes} bytes, ${refusedMessages} refused`,
  );
  forger.clear();
  for (let packetNumber = 0; packetNumber < 500; packetNumber++) {
    const fields = { origin: 1 + 99 * (packetNumber & 1), relay1: 12, relay2: 11, hopIndex: 1 as const };
    forger.send(
      other,
      relay,
      forger.message({ ...fields, destination: 101 - fields.origin, packetNumber, payloadBytes: 10 }),
    );
  }
  sim.pass(100);
  t.ok(forger.passed.filter(({ from }) => from === 'n11').length <= 50, 'packets count, too');
  forger.clear();
  forger.send(exit, relay, forger.message({ origin: 1, relay1: 11, destination: 100 }));
  sim.pass(100);
  t.equal(forger.passed.filter(({ from }) => from === 'n11').length, 1, 'another link has its own');
});

t.test('a batch goes on as a batch', async (t) => {
  const { sim, relay, client, forger } = make(t);
  const batch = Array.from({ length: 10 }, (_, packetNumber) =>
    forger.message({ origin: 100, relay1: 11, destination: 1, packetNumber, payloadBytes: 1_168 }),
  );
  forger.send(client, relay, Buffer.concat(batch));
  let packets = 0;
  const { onPacket } = sim;
  sim.onPacket = (bytes, from, to) => {
    if (from === 'n11' && to === 'n1') packets++;
    onPacket?.(bytes, from, to);
  };
  sim.pass(100);
  t.same(
    forger.passed.filter(({ from }) => from === 'n11').map(({ header }) => header.packetNumber),
    batch.map((_, index) => index),
  );
  t.ok(packets <= 10);
});
