import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseConfig } from '../../../config/parse-config.ts';
import { refuseExisting, writeConfigFile } from '../../../node/setup/write-config-file.ts';
import { networkIn } from '../fixtures/network.ts';

t.test('a configuration is written once, private, in folders that are made for it', async (t) => {
  const folder = t.testdir({ file: '' });
  const { config } = await networkIn(folder);
  const path = join(folder, 'a', 'b', 'uservpn.yaml');
  refuseExisting(path);
  writeConfigFile(path, config);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700);
  t.same(parseConfig(readFileSync(path, 'utf8')), { config });
  t.throws(() => refuseExisting(path), { code: 'configuration', message: /never overwritten/ });
  t.throws(() => writeConfigFile(path, config), { code: 'configuration', message: /never overwritten/ });
  t.throws(() => writeConfigFile(join(folder, 'file', 'x.yaml'), config), {
    code: 'failed',
    message: /the folder .*file/,
  });
});
