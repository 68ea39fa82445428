import t from 'tap';
import { createTransports } from '../../transports/registry.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';
import { openBench, openPair } from '../fixtures/transport-bench.ts';
import { measureTestMessage } from '../fixtures/transport-message.ts';

const transports = createTransports({ measure: measureTestMessage, random: new SeededRandom('registry') });

for (const [name, transport] of transports) {
  t.test(`${name} carries messages`, async (t) => {
    const bench = await openBench(transport, { transport: name, host: '127.0.0.1', port: 0 });
    const { dialled } = await openPair(bench);
    t.match(dialled.remote, `${name}://`);
    await bench.close();
  });
}

t.strictSame([...transports.keys()], ['udp', 'tcp']);
