import t from 'tap';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../../fixtures/echo-stream.ts';
import { makeRelayMesh, type RelayMesh, setLink, untilJoined } from '../../fixtures/relay-mesh.ts';
import { RouteForger } from '../../fixtures/route-forger.ts';
import { untilUp } from '../../fixtures/small-mesh.ts';
import type { FailingTest } from '../../fixtures/sim/packet-flow.ts';

const sodium = await loadSodium();

function make(t: FailingTest) {
  const mesh = makeRelayMesh(t, sodium, { relays: 3, link: { delayMs: 20, rateMbps: 8 } });
  const { sim, exit, relays, client, routes } = mesh;
  routes.set(exit, [], ...relays.map((relay) => [relay]));
  if (!untilJoined(mesh) || !untilUp(sim, client, [exit])) throw new Error('not joined');
  sim.pass(2_000);
  return { ...mesh, forger: new RouteForger(sim) };
}

/** Which relays the client sent messages by, in the time that passes. */
function usedRelays({ sim, forger }: RelayMesh & { forger: RouteForger }, ms: number): number[] {
  forger.clear();
  sim.pass(ms);
  const relays = forger.passed.filter(({ from }) => from === 'n100').map(({ header }) => header.relay1);
  return [...new Set(relays)].toSorted((a, b) => a - b);
}

t.test('a session without streams has no other ways, one with data has two', async (t) => {
  const mesh = make(t);
  const { sim, exit, client } = mesh;
  download(exit, 2_000_000);
  t.same(usedRelays(mesh, 120_000), []);
  const stream = new EchoStream(sim, client, exit);
  t.same(usedRelays(mesh, 1_000), [11, 12]);
  t.ok(sim.until(() => stream.receivedBytes === 2_000_000));
  sim.pass(4_000);
  t.same(usedRelays(mesh, 20_000), [], 'nor once the data is there');
});

t.test('where the path in use does not answer all are opened', async (t) => {
  const mesh = make(t);
  const { sim, exit, relays, client } = mesh;
  download(exit, 20_000_000);
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes > 1_000_000));
  for (const node of [exit, relays[0]!, relays[1]!]) setLink(mesh, client, node, false);
  t.same(usedRelays(mesh, 2_500), [11, 12, 13]);
  const bytes = stream.receivedBytes;
  sim.pass(1_000);
  t.ok(stream.receivedBytes > bytes, 'and the last one is used');
});

t.test('a way that does not answer is replaced by the next best', async (t) => {
  const mesh = make(t);
  const { sim, exit, relays, client } = mesh;
  download(exit, 100_000_000);
  setLink(mesh, relays[0]!, exit, false);
  const stream = new EchoStream(sim, client, exit);
  sim.pass(20_000);
  t.same(usedRelays(mesh, 5_000), [12, 13]);
  t.same(stream.ends, []);
});

t.test('the exit does not look for ways of its own', async (t) => {
  const mesh = make(t);
  const { sim, exit, client, forger } = mesh;
  download(exit, 5_000_000);
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes > 4_000_000));
  const paths = new Set(forger.passed.filter(({ header }) => header.keyLevel === 2).map(({ header }) => header.pathId));
  t.equal(paths.size, 2, 'two paths, used from both sides');
});
