import t from 'tap';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { makeNatMesh } from '../../fixtures/nat-mesh.ts';
import { untilUp } from '../../fixtures/small-mesh.ts';

const sodium = await loadSodium();

t.test(
  'a message that opens the way is at most 200 bytes long, and one goes each way before anybody has answered',
  async (t) => {
    const { sim, servers, exit, client } = makeNatMesh(t, sodium, {
      client: 'port-restricted',
      exit: 'port-restricted',
      link: { delayMs: 20 },
    });
    t.ok(untilUp(sim, client, servers) && untilUp(sim, exit, servers));
    const between: { readonly from: string; readonly bytes: number }[] = [];
    sim.onPacket = (bytes, from, to) => {
      if ((from === 'n100' && to === 'n50') || (from === 'n50' && to === 'n100'))
        between.push({ from, bytes: bytes.length });
    };
    t.ok(untilUp(sim, client, [exit], 5_000));
    const [first, second, third] = between;
    t.not(first!.from, second!.from, 'both at the same time');
    t.ok(first!.bytes <= 200 && second!.bytes <= 200);
    t.ok(third!.bytes <= 3 * Math.min(first!.bytes, second!.bytes), 'what follows is within three times what came');
  },
);
