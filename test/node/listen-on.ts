import t from 'tap';
import { parseEndpoint } from '../../config/endpoint.ts';
import { isFailure } from '../../config/parse-failure.ts';
import { listenOn, withoutCovered } from '../../node/listen-on.ts';
import { systemRandom } from '../../node/random.ts';
import { createTransports } from '../../transports/registry.ts';
import type { LinkHandler } from '../../transports/transport.ts';
import { takenPort } from './fixtures/taken-port.ts';

const DEAF: LinkHandler = { received: () => {}, writable: () => {}, closed: () => {} };
const transports = createTransports({ measure: () => 0, random: systemRandom });

t.test('a listener says where it listens', async (t) => {
  for (const transport of ['udp', 'tcp'] as const) {
    const listener = await listenOn(transports, { transport, host: '127.0.0.1', port: 0 }, DEAF);
    t.match(listener.endpoint, { transport, host: '127.0.0.1' });
    t.ok(listener.endpoint.port > 0);
    await listener.close();
  }
});

t.test("IPv6's wildcard stands for IPv4, too, on the same port", async (t) => {
  const parse = (url: string) => {
    const endpoint = parseEndpoint(url, 'listen');
    if (isFailure(endpoint)) throw new Error(endpoint.error);
    return endpoint;
  };
  const all = ['udp://0.0.0.0:1', 'udp://127.0.0.1:1', 'udp://[::]:1', 'tcp://0.0.0.0:1', 'udp://0.0.0.0:2'].map(parse);
  t.same(withoutCovered(all), [all[2], all[3], all[4]]);
  const chosen = ['udp://0.0.0.0:0', 'udp://[::]:0'].map(parse);
  t.same(withoutCovered(chosen), chosen);
});

t.test('what cannot be listened on is a sentence', async (t) => {
  const port = await takenPort(t);
  const taken = listenOn(transports, { transport: 'tcp', host: '127.0.0.1', port }, DEAF);
  await t.rejects(taken, { code: 'failed', message: /another program/ });
  const foreign = listenOn(transports, { transport: 'udp', host: '192.0.2.1', port: 4840 }, DEAF);
  await t.rejects(foreign, { code: 'failed', message: /does not have this address/ });
  const unknown = listenOn(transports, { transport: 'wss', host: '127.0.0.1', port: 443 }, DEAF);
  await t.rejects(unknown, { code: 'configuration', message: /can't listen on wss:.*udp:\/\/ or tcp:\/\// });
});
