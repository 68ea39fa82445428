import t from 'tap';
import { CONFIG_DEFAULTS, CREDENTIAL_BYTES, defaultName, LOG_LEVELS } from '../../config/config.ts';
import { parseNodeId } from '../../config/node-id.ts';
import { MAX_CREDENTIAL_BYTES } from '../../mesh/gossip/credential.ts';

t.test('the defaults are safe ones', async (t) => {
  t.equal(CONFIG_DEFAULTS.exit.allowPrivate, false);
  t.strictSame(CONFIG_DEFAULTS.exit.allowPorts, []);
  t.ok(LOG_LEVELS.includes(CONFIG_DEFAULTS.logLevel));
});

t.test('a node without a name is called after its number', async (t) => {
  t.equal(defaultName(parseNodeId(254)!), 'node-254');
});

t.test('a credential is as long as the mesh makes it, without and with a witness', async (t) => {
  t.strictSame(CREDENTIAL_BYTES, [MAX_CREDENTIAL_BYTES - 69, MAX_CREDENTIAL_BYTES]);
});
