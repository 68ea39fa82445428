import t from 'tap';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { EchoStream } from '../../fixtures/echo-stream.ts';
import type { SimLinkOptions } from '../../fixtures/sim/sim-link-options.ts';
import { makeSmallMesh, untilUp } from '../../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const DELAY_MS = 100;

/** A client to which an exit sends a little all the time, 1 KB every 50 ms. */
function trickle(t: Parameters<typeof makeSmallMesh>[0]) {
  const { sim, exits, client } = makeSmallMesh(t, sodium, {
    exit: { listens: ['udp', 'tcp'] },
    link: { delayMs: DELAY_MS, rateMbps: 20 },
  });
  const exit = exits[0]!;
  if (!untilUp(sim, client, exits)) throw new Error('the client does not get through');
  let write = (): void => {};
  exit.onStream = (stream) => {
    stream.accept({ host: { type: 'name', name: 'site.example' }, port: 443 }, 1);
    write = () => stream.write(new Uint8Array(1_000).fill(7));
  };
  const stream = new EchoStream(sim, client, exit);
  const pass = (ms: number): void => {
    for (const untilMs = sim.network.nowMs + ms; sim.network.nowMs < untilMs; sim.pass(50)) exit.do(() => write());
  };
  pass(5_000);
  const upwards = (options: Partial<SimLinkOptions>): void =>
    sim.network.link(client.host, exit.host).configure(options);
  /** The links that the exit has seen, which it is told of when they are used. */
  const linkAtExit = (): string | null => exit.mesh.nodes().find(({ id }) => id === client.id)?.link ?? null;
  return { stream, pass, upwards, linkAtExit };
}

t.test('a peer that is heard and does not hear is reached by another way', async (t) => {
  const { stream, pass, upwards, linkAtExit } = trickle(t);
  t.match(linkAtExit(), /^udp:/);
  upwards({ mtuBytes: 0 });
  pass(5_000);
  t.match(linkAtExit(), /^tcp:/);
  t.same(stream.ends, []);
});

for (const moreMs of [300, 600, 1_000]) {
  t.test(
    `a queue fills, and holds up what the client sends by ${moreMs} ms: the session stays where it is`,
    async (t) => {
      const { stream, pass, upwards, linkAtExit } = trickle(t);
      const link = linkAtExit();
      t.match(link, /^udp:/);
      upwards({ delayMs: DELAY_MS + moreMs });
      for (let count = 0; count < 20; count++) {
        pass(500);
        t.equal(linkAtExit(), link);
      }
      t.same(stream.ends, []);
    },
  );
}

t.test('much is lost, ACKs too: the session stays where it is', async (t) => {
  const { stream, pass, upwards, linkAtExit } = trickle(t);
  const link = linkAtExit();
  upwards({ lossRate: 0.1 });
  for (let count = 0; count < 120; count++) {
    pass(500);
    t.equal(linkAtExit(), link);
  }
  t.same(stream.ends, []);
});
