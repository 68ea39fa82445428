// Messages of members to each other that belong to no stream, through whole meshes.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();

function say(from: SimNode, to: SimNode, topic: string, text: string): boolean {
  return from.do((mesh, nowMs) => mesh.sendOob(to.id, topic, Buffer.from(text, 'latin1'), nowMs));
}

t.test('messages arrive, in both directions, whatever gets lost', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { seed: 3, link: { lossRate: 0.2 } });
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits, 30_000));
  for (let count = 0; count < 20; count++) {
    t.ok(say(client, exit, 'there', String(count)));
    t.ok(say(exit, client, 'back', String(count)));
  }
  t.ok(sim.until(() => exit.oobs.length >= 20 && client.oobs.length >= 20, 10_000));
  const numbers = (oobs: readonly string[]): number[] =>
    [...new Set(oobs.map((text) => Number(text.split(' ')[2])))].toSorted((a, b) => a - b);
  t.same(numbers(exit.oobs), [...Array(20).keys()]);
  t.same(numbers(client.oobs), [...Array(20).keys()]);
  t.ok(exit.oobs.every((text) => text.startsWith('100 there ')));
});

t.test('the longest message passes where only short datagrams do', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.network.connect(client.host, exit.host, { mtuBytes: 576 });
  // Found out with full packets.
  download(exit, 50_000);
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes === 50_000, 20_000));
  const text = 'x'.repeat(1_000);
  t.ok(say(exit, client, 'long', text));
  t.ok(sim.until(() => client.oobs.length > 0, 5_000));
  t.same(client.oobs, [`1 long ${text}`]);
});

t.test('a message to a node without a session makes one', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  const [first, second] = [exits[0]!, exits[1]!];
  const other = sim.add(50, { servers: first.options.servers ?? [] });
  t.equal(say(other, second, 'a', ''), false, 'nobody is known yet');
  t.ok(untilUp(sim, client, exits));
  const third = sim.add(51, {
    servers: [{ id: first.id, endpoints: [{ transport: 'udp', host: first.host.ip, port: 4_840 }] }],
  });
  t.ok(sim.until(() => third.stateOf(second) === 'idle', 5_000));
  t.ok(say(third, second, 'hello', 'you'));
  t.ok(sim.until(() => second.oobs.length > 0, 1_000));
  t.same(second.oobs, ['51 hello you']);
});

t.test('a member that floods another costs it what the limit allows', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  let accepted = 0;
  for (let count = 0; count < 5_000; count++) accepted += say(client, exit, 'flood', 'x') ? 1 : 0;
  t.ok(accepted <= 128, `${accepted} wait`);
  sim.pass(1_000);
  t.equal(exit.oobs.length, accepted);
  t.equal(client.stateOf(exit), 'up');
});
