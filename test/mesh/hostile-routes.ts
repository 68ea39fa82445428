// Relays that lie about ways, or let only some of what is sent by them through: who sends finds out by what it measures itself.
import t from 'tap';
import { signFastRecord } from '../../mesh/gossip/fast-record.ts';
import type { Frame } from '../../mesh/session/frame.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { makeRelayMesh, setLink, untilJoined, wayOf } from '../fixtures/relay-mesh.ts';
import { RouteForger } from '../fixtures/route-forger.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const sodium = await loadSodium();

t.test('UNREACHABLE by members that are on none of a session’s ways', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { relays: 2, link: { delayMs: 15, rateMbps: 8 } });
  const { sim, exit, relays, client, routes } = mesh;
  const [relay, other] = relays as readonly [SimNode, SimNode];
  setLink(mesh, client, exit, false);
  t.ok(untilJoined(mesh));
  routes.set(exit, [relay], [other]);
  t.ok(untilUp(sim, client, [exit], 20_000));
  download(exit, 2_000_000);
  const hostile = new HostileMember(sim, 66, { relay: true, listens: true });
  hostile.meet(exit, relay);
  hostile.tell(exit, [{ kind: 'record', bytes: hostile.record(1).bytes }]);
  hostile.meet(client);
  const forger = new RouteForger(sim);
  const stream = new EchoStream(sim, client, exit);
  sim.pass(1_000);
  const way = wayOf(mesh);
  const wayBack = wayOf(mesh, exit, client);
  for (let round = 0; round < 50; round++) {
    sim.pass(20);
    // It reads every T there is from the wire, and makes others up.
    const tags = forger.passed.map(({ bytes, header }) => (header.hopIndex === 0 ? bytes.slice(48, 64) : null));
    const frames = [...tags.filter((tag) => tag !== null).slice(-20), sim.bytes(`tag ${round}`, 16)].map(
      (tag): Frame => ({ type: 'unreachable', tag }),
    );
    forger.clear();
    for (const node of [client, exit, relay]) for (const frame of frames) hostile.say(node, [frame]);
    t.equal(wayOf(mesh), way);
    t.equal(wayOf(mesh, exit, client), wayBack);
  }
  t.ok(sim.until(() => stream.receivedBytes === 2_000_000, 10_000));
  t.same(stream.ends, []);
});

t.test('GOODBYE ends the session of who says it, and no other', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  const hostile = new HostileMember(sim, 66, { relay: true, listens: true });
  const stream = new EchoStream(sim, client, exits[0]!);
  const nodes = [...exits, client];
  const timesGone = (node: SimNode): number =>
    node.notices.filter((notice) => notice.code === 'peer-down' && notice.node === 66).length;
  for (const reason of ['stopping', 'restarting', 'superseded'] as const) {
    hostile.incarnation++;
    hostile.meet(...exits);
    hostile.tell(exits[0]!, [{ kind: 'record', bytes: hostile.record(1).bytes }]);
    hostile.meet(client);
    hostile.responds = false;
    const before = nodes.map(timesGone);
    for (const node of nodes) hostile.say(node, [{ type: 'goodbye', reason, backInS: 0xffff_ffff }]);
    sim.pass(100);
    for (const [index, node] of nodes.entries()) t.equal(timesGone(node), before[index]! + 1, reason);
    const { backInMs } = client.mesh.nodes().find(({ id }) => id === 66)!;
    t.ok(backInMs === null || backInMs <= 600_000, `${backInMs} ms are believed`);
    hostile.responds = true;
  }
  stream.send();
  t.ok(sim.until(() => stream.isEven, 1_000));
  for (const exit of exits) t.equal(client.stateOf(exit), 'up');
  t.equal(client.notices.filter(({ code, node }) => code === 'peer-down' && node !== 66).length, 0);
});

t.test('a relay that promises the shortest ways and drops what is longer than a probe', async (t) => {
  const mesh = makeRelayMesh(t, sodium, {
    relays: 2,
    link: { delayMs: 20, rateMbps: 8 },
    client: { routes: undefined as never },
  });
  const { sim, exit, relays, client } = mesh;
  const [hostile, honest] = relays as readonly [SimNode, SimNode];
  sim.network.connect(client.host, exit.host, { delayMs: 120, rateMbps: 8 });
  sim.network.connect(client.host, honest.host, { delayMs: 40, rateMbps: 8 });
  for (const node of [client, exit]) sim.network.connect(hostile.host, node.host, { delayMs: 1, mtuBytes: 500 });
  t.ok(untilJoined(mesh));
  t.ok(untilUp(sim, client, [exit]));
  sim.pass(2_000);
  download(exit, 3_000_000);
  const startMs = sim.network.nowMs;
  const stream = new EchoStream(sim, client, exit);
  t.ok(
    sim.until(() => stream.receivedBytes === 3_000_000, 30_000),
    `${stream.receivedBytes} bytes`,
  );
  t.comment(`${sim.network.nowMs - startMs} ms, at the end by ${wayOf(mesh, exit, client)}`);
  t.same(stream.ends, []);
});

t.test('fast records that promise everything: sessions go on by ways that work', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2, exit: { relay: true, wantsExits: true } });
  const [first, second] = exits as readonly [SimNode, SimNode];
  t.ok(untilUp(sim, client, exits));
  const hostile = new HostileMember(sim, 66, { relay: true, listens: true });
  hostile.meet(first, second);
  hostile.tell(first, [{ kind: 'record', bytes: hostile.record(1).bytes }]);
  hostile.meet(client);
  const quality = { rttMs: 0, jitterMs: 0, lossShare: 0 };
  const neighbours = new Map([first.id, second.id, client.id].map((id) => [id, quality] as const));
  const stream = new EchoStream(sim, client, first);
  for (let round = 1; round <= 30; round++) {
    const version = { incarnation: hostile.incarnation, sequence: round };
    const state = {
      loadMs: 0,
      neighbours,
      heard: new Set(Array.from({ length: 60 }, (_, index) => nodeId(120 + index))),
    };
    const { bytes } = signFastRecord(sodium, hostile.identity.secretKey, hostile.id, version, state);
    for (const node of [first, client]) hostile.tell(node, [{ kind: 'fast', bytes }]);
    stream.send(5_000);
    sim.pass(500);
  }
  const relays = client.mesh.routes.routes(first.id, client.nowMs).flatMap((route) => route.relays);
  t.ok(relays.includes(hostile.id), 'they are believed');
  t.ok(sim.until(() => stream.isEven, 2_000));
  t.same(stream.ends, []);
  // The direct way dies: the promised one leads nowhere, the other one does.
  sim.network.setUp(client.host, first.host, false);
  const cutMs = sim.network.nowMs;
  stream.send(5_000);
  t.ok(sim.until(() => stream.isEven, 10_000));
  t.comment(`${sim.network.nowMs - cutMs} ms without the direct way`);
  t.ok(sim.network.nowMs - cutMs < 2_500);
  t.same(stream.ends, []);
});
