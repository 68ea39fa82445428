// NATs forget a way that was punched through them and then not used (PROTOCOL section 5).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { linkOf, makeNatMesh } from '../fixtures/nat-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;

for (const [client, exit] of [
  ['port-restricted', 'port-restricted'],
  ['none', 'symmetric'],
  ['symmetric', 'full-cone'],
] as const) {
  for (const relays of [true, false]) {
    const by = relays ? 'and a relay' : 'and no relay';
    t.test(`forgotten while nothing was sent for 30 min: client ${client}, exit ${exit}, ${by}`, async (t) => {
      const mesh = makeNatMesh(t, sodium, { client, exit, relays, link: { delayMs: 20 } });
      const { sim } = mesh;
      /** The longest time that data took there and back, in ms, in 14 s. */
      const longestMs = (stream: EchoStream): number => {
        let longest = 0;
        for (let turn = 0; turn < 70; turn++) {
          const sentAtMs = sim.network.nowMs;
          stream.send(1_000);
          sim.until(() => stream.isEven || stream.ends.length > 0, 10_000);
          longest = Math.max(longest, sim.network.nowMs - sentAtMs);
          sim.pass(200);
        }
        return longest;
      };
      t.ok(untilUp(sim, mesh.client, [mesh.exit], 10_000));
      const before = new EchoStream(sim, mesh.client, mesh.exit);
      longestMs(before);
      t.match(linkOf(mesh.client, mesh.exit), /^udp:/);
      mesh.client.do(() => before.stream.reset('reset-by-near'));
      // In use lately, it is kept open for a while.
      sim.pass(15 * MINUTE_MS);
      let between = 0;
      sim.onPacket = (_bytes, from, to) => {
        if ([from, to].includes('n100') && [from, to].includes('n50')) between++;
      };
      sim.pass(30 * MINUTE_MS);
      t.equal(between, 0);
      const tookMs = roundTripMs(sim, mesh.client, mesh.exit);
      t.comment(`${Math.round(tookMs)} ms by ${linkOf(mesh.client, mesh.exit)}`);
      t.ok(tookMs < 2_000);
      const after = new EchoStream(sim, mesh.client, mesh.exit);
      t.ok(longestMs(after) < 2_000);
      t.same(after.ends, []);
      t.match(linkOf(mesh.client, mesh.exit), /^udp:/);
    });
  }
}

for (const relays of [true, false]) {
  t.test(`a NAT forgets everything while data flows, ${relays ? 'beside a relay' : 'and no relay'}`, async (t) => {
    const kind = 'port-restricted';
    const mesh = makeNatMesh(t, sodium, { client: kind, exit: kind, relays, link: { delayMs: 20 } });
    const { sim, client, exit } = mesh;
    t.ok(untilUp(sim, client, [exit], 10_000));
    let streams = [new EchoStream(sim, client, exit)];
    const flow = (ms: number): void => {
      for (const untilMs = sim.network.nowMs + ms; sim.network.nowMs < untilMs; sim.pass(200)) {
        if (streams.at(-1)!.ends.length > 0) streams = [...streams, new EchoStream(sim, client, exit)];
        streams.at(-1)!.send(1_000);
      }
    };
    flow(20_000);
    t.match(linkOf(client, exit), /^udp:/);
    client.host.nat!.forgetAll();
    flow(relays ? 30_000 : 25_000);
    t.match(linkOf(client, exit), /^udp:/, 'there is a direct way again');
    const last = streams.at(-1)!;
    t.same(last.ends, []);
    flow(2_000);
    t.ok(sim.until(() => last.isEven, 1_000));
    if (relays) t.equal(streams.length, 1, 'the stream went on by the relay meanwhile');
  });
}
