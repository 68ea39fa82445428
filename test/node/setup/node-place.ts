import { appendFileSync, chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { findNodePlace } from '../../../node/setup/node-place.ts';
import { networkIn } from '../fixtures/network.ts';
import { shortFolder } from '../fixtures/short-folder.ts';

t.test('where a node is asked, whatever became of its configuration', async (t) => {
  const { configPath, stateFolder, config } = await networkIn(shortFolder(t));
  t.same(findNodePlace(configPath), { configPath, stateFolder, config, problem: null });
  appendFileSync(configPath, 'nonsense: 1\n');
  t.match(findNodePlace(configPath), {
    configPath,
    stateFolder,
    config: null,
    problem: { code: 'configuration', message: /unknown key/ },
  });
  appendFileSync(configPath, '\nstateDir: elsewhere\n: : [\n');
  t.match(findNodePlace(configPath), { stateFolder: join(dirname(configPath), 'elsewhere'), config: null });
  if (process.platform !== 'win32') {
    chmodSync(configPath, 0o644);
    t.match(findNodePlace(configPath), { stateFolder: join(dirname(configPath), 'state'), config: null });
  }
  rmSync(configPath);
  t.match(findNodePlace(configPath), { config: null, problem: { message: /There is no configuration at/ } });
});
