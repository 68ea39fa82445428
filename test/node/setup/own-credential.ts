import t from 'tap';
import type { Config } from '../../../config/config.ts';
import { requireCredential } from '../../../node/setup/own-credential.ts';
import { meansAt, networkIn, nodeId } from '../fixtures/network.ts';

t.test('a credential that does not fit the other keys is found before anybody else refuses it', async (t) => {
  const loaded = await networkIn(t.testdir());
  const { sodium } = await meansAt();
  t.match(requireCredential(sodium, loaded).certificate, { id: 1 });
  const { config } = loaded;
  const flipped = config.credential.map((byte, index) => (index === 150 ? byte ^ 1 : byte));
  const cases: readonly (readonly [Config, RegExp])[] = [
    [{ ...config, id: nodeId(2) }, /id is 2, but the credential is for number 1/],
    [{ ...config, identity: config.networkKey }, /do not belong together/],
    [{ ...config, adminPublicKey: sodium.signKeyPair(config.identity).publicKey }, /not one that this network's admin/],
    [{ ...config, credential: flipped }, /not one that this network's admin/],
    [{ ...config, credential: config.credential.subarray(1) }, /not one that this network's admin/],
  ];
  for (const [changed, message] of cases) {
    t.throws(() => requireCredential(sodium, { ...loaded, config: changed }), { code: 'configuration', message });
  }
});
