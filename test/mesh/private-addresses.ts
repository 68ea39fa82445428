// A server that takes an address of its own LAN for one by which others reach it: in their LANs it is a stranger's.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { roundTripMs } from '../fixtures/echo-stream.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const HOUR_MS = 3_600_000;

t.test('a server that lists a private address: what others send there, and how they reach it', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2, exit: { relay: true } });
  t.ok(untilUp(sim, client, exits));
  const inner = sim.add(3, {
    exit: true,
    listens: ['udp'],
    ip: '192.168.1.5',
    nat: { ip: '192.0.2.1', kind: 'port-restricted' },
    servers: [firstServer(exits[0]!)],
  });
  inner.onStream = exits[0]!.onStream;
  const sent = new Map<string, { messages: number; bytes: number }>();
  sim.onPacket = (packet, from, to) => {
    if (to !== 'nowhere') return;
    const { messages, bytes } = sent.get(from) ?? { messages: 0, bytes: 0 };
    sent.set(from, { messages: messages + 1, bytes: bytes + packet.length });
  };
  t.ok(untilUp(sim, inner, exits), 'it dials other servers itself');
  sim.pass(60_000);
  t.ok(roundTripMs(sim, client, inner) < 1_000, 'a client gets through over relays');
  sim.pass(2 * HOUR_MS);
  t.ok(roundTripMs(sim, client, inner) < 1_000);
  t.comment(`while it is there: ${JSON.stringify([...sent])}`);
  inner.kill('silently');
  sim.pass(2 * HOUR_MS);
  t.comment(`and while it is not: ${JSON.stringify([...sent])}`);
  t.ok(sent.size > 0, 'it is tried');
  for (const [from, { messages, bytes }] of sent) {
    t.ok(messages <= 24 + (4 * 60) / 8, `${from}: ${messages} messages in four hours`);
    t.ok(bytes <= messages * 548, 'none of them longer than a HELLO');
  }
});
