// Streams on which nothing is said for a long time: they work afterwards, and who vanished meanwhile is missed (PROTOCOL section 4).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import type { MeshStream } from '../../mesh/mesh-stream.ts';
import { EchoStream } from '../fixtures/echo-stream.ts';
import { makeSmallMesh, type SmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;
const IDLE_MS = 25 * MINUTE_MS;
/** The longest pause between two looks at a quiet session, then until it is given up. */
const MISSED_WITHIN_MS = 110_000 + 10_000;

/** A stream that echoes, used once; and its other end. */
function openStream(mesh: SmallMesh): { readonly stream: EchoStream; readonly far: MeshStream } {
  const { sim, exits, client } = mesh;
  const exit = exits[0]!;
  let far: MeshStream | null = null;
  const accept = exit.onStream;
  exit.onStream = (stream) => {
    far = stream;
    accept(stream);
  };
  const stream = new EchoStream(sim, client, exit);
  stream.send();
  if (!sim.until(() => stream.isEven, 5_000) || far === null) throw new Error('no stream');
  return { stream, far };
}

for (const transport of ['udp', 'tcp'] as const) {
  for (const [who, isRemapped] of [
    ['client', false],
    ['exit', false],
    // A TCP connection does not outlive its mapping.
    ...(transport === 'udp' ? [['client', true] as const] : []),
  ] as const) {
    const where = isRemapped ? ', with new ports at its NAT' : '';
    t.test(`${transport}: after 25 minutes without a byte the ${who} goes on${where}`, async (t) => {
      const mesh = makeSmallMesh(t, sodium, { link: { delayMs: 30 }, exit: { listens: [transport] } });
      const { sim, exits, client } = mesh;
      t.ok(untilUp(sim, client, exits));
      const { stream, far } = openStream(mesh);
      sim.pass(IDLE_MS);
      if (isRemapped) client.host.remapPorts();
      const saidAtMs = sim.network.nowMs;
      const bytes = stream.receivedBytes + 100;
      if (who === 'client') stream.send(100);
      else exits[0]!.do(() => far.write(new Uint8Array(100)));
      t.ok(sim.until(() => stream.receivedBytes === bytes, 2_000));
      t.ok(sim.network.nowMs - saidAtMs < 200, `${Math.round(sim.network.nowMs - saidAtMs)} ms`);
      t.same(stream.ends, []);
      t.same(
        client.notices.filter(({ code }) => code === 'peer-down'),
        [],
        'nobody was missed',
      );
    });
  }

  for (const afterMs of [1_000, MINUTE_MS, IDLE_MS]) {
    t.test(`${transport}: the exit vanishes silently ${afterMs / 1_000} s after the last byte`, async (t) => {
      const mesh = makeSmallMesh(t, sodium, { link: { delayMs: 30 }, exit: { listens: [transport] } });
      const { sim, exits, client } = mesh;
      t.ok(untilUp(sim, client, exits));
      const { stream } = openStream(mesh);
      sim.pass(afterMs);
      exits[0]!.kill('silently');
      const goneAtMs = sim.network.nowMs;
      t.ok(sim.until(() => stream.ends.length > 0, 10 * MINUTE_MS));
      t.same(stream.ends, ['reset: session-gone']);
      const missedMs = stream.endedAtMs - goneAtMs;
      t.comment(`missed after ${Math.round(missedMs)} ms`);
      t.ok(missedMs < MISSED_WITHIN_MS);
    });
  }
}
