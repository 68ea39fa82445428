import { isAbsolute, resolve } from 'node:path';
import t from 'tap';
import { configPathOf } from '../../../node/cli/global-options.ts';

t.test('a configuration is found from where the command was called, or in its usual place', (t) => {
  t.equal(configPathOf({ config: 'x/uservpn.yaml' }), resolve('x/uservpn.yaml'));
  t.equal(configPathOf({ config: '/x/uservpn.yaml' }), resolve('/x/uservpn.yaml'));
  const usual = configPathOf({ config: undefined });
  t.ok(isAbsolute(usual));
  t.match(usual, /uservpn\.yaml$/);
  t.end();
});
