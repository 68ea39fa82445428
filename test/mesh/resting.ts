// Sessions that rest: nothing is sent, keys die meanwhile, and whoever uses one again says HELLO first.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { roundTripMs } from '../fixtures/echo-stream.ts';
import { MessageDecoder } from '../fixtures/message-decoder.ts';
import { makeSmallMesh, type SmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;
const EXITS = 4;
const RTT_MS = 100;
const NAT = { ip: '192.0.2.1', kind: 'port-restricted' } as const;

/** Four exits, and a client that comes half an hour later, so that keys change at other times. */
function restingMesh(t: Parameters<typeof makeSmallMesh>[0], isNatted: boolean): SmallMesh {
  const client = isNatted ? { nat: NAT } : {};
  const mesh = makeSmallMesh(t, sodium, { exits: EXITS, link: { delayMs: RTT_MS / 2 }, client });
  mesh.client.kill('silently');
  mesh.sim.pass(30 * MINUTE_MS);
  mesh.client.restart();
  if (!untilUp(mesh.sim, mesh.client, mesh.exits)) throw new Error('no sessions');
  return mesh;
}

for (const isNatted of [false, true]) {
  const where = isNatted ? 'behind a NAT' : 'that can be reached';

  t.test(`few HELLOs go to and fro between idle servers and a client ${where}`, async (t) => {
    const { sim } = restingMesh(t, isNatted);
    sim.pass(10 * MINUTE_MS);
    const decoder = new MessageDecoder(sodium);
    decoder.learn(sim.networkKey);
    const hellos = { sent: 0, received: 0 };
    sim.onPacket = (bytes, from, to) => {
      if (!/HELLO/.test(decoder.describe(bytes) ?? '')) return;
      if (from === 'n100') hellos.sent++;
      // A packet for a NAT that has forgotten it goes nowhere, but counts.
      else if (to === 'n100' || to === 'nowhere') hellos.received++;
    };
    sim.pass(220 * MINUTE_MS);
    // With the two that stay warm at most two exchanges each hour, with the two that rest one in 110 min.
    const most = 2 * 2 * 4 + 2 * 2;
    t.ok(hellos.sent >= 6, 'keys do change');
    t.ok(hellos.sent <= most, `${hellos.sent} sent`);
    t.ok(hellos.received <= most, `${hellos.received} sent to it`);
  });

  t.test(`a stream by a session that rested, of a client ${where}`, async (t) => {
    for (const minutes of [30, 75]) {
      const { sim, exits, client } = restingMesh(t, isNatted);
      sim.pass(minutes * MINUTE_MS);
      const times = exits.map((exit) => Math.round(roundTripMs(sim, client, exit)));
      t.comment(`after ${minutes} min: ${times.join(', ')} ms`);
      const mostMs = minutes < 40 ? 1.2 * RTT_MS : 3.3 * RTT_MS;
      t.ok(Math.max(...times) <= mostMs, `at most ${mostMs} ms`);
      t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, 0, 'and no session was lost');
    }
  });
}
