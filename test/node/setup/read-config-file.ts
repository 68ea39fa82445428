import { chmodSync, mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ledgerPlace, readConfigFile } from '../../../node/setup/read-config-file.ts';
import { networkIn } from '../fixtures/network.ts';

t.test('the state lies beside the configuration', async (t) => {
  const folder = t.testdir();
  const loaded = await networkIn(folder);
  t.equal(loaded.stateFolder, join(folder, 'state'));
  t.same(ledgerPlace(loaded), { stateFolder: loaded.stateFolder, adminPublicKey: loaded.config.adminPublicKey });
});

t.test('every reason why a file cannot be used is a sentence', async (t) => {
  const folder = t.testdir({ 'bad.yaml': 'id: 1\nname: [\n' });
  const { configPath } = await networkIn(folder);
  const bad = join(folder, 'bad.yaml');
  chmodSync(bad, 0o600);
  t.throws(() => readConfigFile(bad), {
    code: 'configuration',
    message: /mistakes? in the configuration.*\n {2}.*bad\.yaml:\d+:\d+: /,
  });
  t.throws(() => readConfigFile(join(folder, 'no.yaml')), { message: /There is no configuration at .*no\.yaml/ });
  t.throws(() => readConfigFile(join(bad, 'x.yaml')), { message: /a part of the path is not a folder/ });
  mkdirSync(join(folder, 'folder.yaml'), { mode: 0o700 });
  t.throws(() => readConfigFile(join(folder, 'folder.yaml')), { message: /it is a folder/ });
  for (const mode of [0o604, 0o620, 0o666]) {
    chmodSync(configPath, mode);
    t.throws(() => readConfigFile(configPath), { code: 'configuration', message: /run: chmod 600 / });
  }
  chmodSync(configPath, 0o600);
  truncateSync(configPath, 3 << 20);
  t.throws(() => readConfigFile(configPath), { message: /far too large/ });
});
