import t from 'tap';
import { requireAdmin } from '../../../node/setup/admin-key.ts';
import { meansAt, networkIn } from '../fixtures/network.ts';

t.test('the admin key is there, and is the right one, or a sentence says so', async (t) => {
  const loaded = await networkIn(t.testdir());
  const { sodium } = await meansAt();
  t.same(requireAdmin(sodium, loaded).publicKey, loaded.config.adminPublicKey);
  const { adminKey, ...member } = loaded.config;
  t.equal(adminKey?.length, 32);
  t.throws(() => requireAdmin(sodium, { ...loaded, config: member }), { code: 'failed', message: /uservpn init/ });
  const wrong = { ...loaded.config, adminKey: loaded.config.identity };
  t.throws(() => requireAdmin(sodium, { ...loaded, config: wrong }), { code: 'configuration', message: /backup/ });
});
