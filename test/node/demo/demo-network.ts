import { join } from 'node:path';
import t from 'tap';
import { decodeCredential } from '../../../mesh/gossip/credential.ts';
import { writeDemoNetwork } from '../../../node/demo/demo-network.ts';
import { systemRandom } from '../../../node/random.ts';
import { requireCredential } from '../../../node/setup/own-credential.ts';
import { readConfigFile } from '../../../node/setup/read-config-file.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';

t.test('three exits on different transports, and a client that knows one of them', async (t) => {
  const sodium = await loadSodium();
  const nodes = await writeDemoNetwork(join(t.testdir(), 'demo'), { sodium, random: systemRandom, wallMs: Date.now() });
  const loaded = nodes.map(({ configPath }) => readConfigFile(configPath));
  for (const one of loaded) t.ok(requireCredential(sodium, one));
  const configs = loaded.map(({ config }) => config);
  t.same(
    configs.map((config) => [
      config.id,
      config.listen.map(({ transport }) => transport).join(),
      config.exit.allowPrivate,
    ]),
    [
      [1, 'udp,tcp', true],
      [2, 'udp', true],
      [3, 'tcp', true],
      [4, '', false],
    ],
  );
  t.same(
    configs.map(({ credential }) => decodeCredential(credential)?.certificate.roles.exit),
    [true, true, true, false],
  );
  const client = configs[3]!;
  t.match(client.servers, [{ id: 1 }]);
  t.equal(client.servers.length, 1);
  t.equal(client.socks?.listen.host, '127.0.0.1');
});
