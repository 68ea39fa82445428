import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { checkRules } from '../../../node/rules/check-rules.ts';
import { readConfigFile } from '../../../node/setup/read-config-file.ts';
import { VALID } from '../../config/fixtures/valid-config.ts';

function check(t: Test, text: string) {
  const configPath = join(
    t.testdir({ 'uservpn.yaml': `${VALID}${text}`, 'ads.txt': 'a.test\n192.0.2.0/24\n' }),
    'uservpn.yaml',
  );
  chmodSync(configPath, 0o600);
  return checkRules(readConfigFile(configPath));
}

t.test('what is found of rules', async (t) => {
  const rules = 'rules: [{ lists: [ads.txt], to: block }]\n';
  t.same(await check(t, ''), []);
  t.same(await check(t, 'rules: []\n'), []);
  t.match(await check(t, rules), [{ what: 'rules', result: 'warning', message: /for the proxy.*add socks\.listen/ }]);
  t.match(await check(t, `${rules}socks: { listen: "127.0.0.1:1080" }\n`), [
    { what: 'rules', result: 'ok', message: 'rules: 1, lists: 1, names and networks: 2' },
  ]);
  t.match(await check(t, 'rules: [{ lists: [none.txt], to: block }]\n'), [
    {
      what: 'rules',
      result: 'failed',
      message: /uservpn\.yaml:6:19: rules\[0\]\.lists\[0\]: .*none\.txt can't be read/,
    },
  ]);
});
