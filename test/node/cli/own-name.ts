import t from 'tap';
import { ownName, suggest } from '../../../node/cli/own-name.ts';

t.test('commands are suggested as the program was called', (t) => {
  t.equal(ownName(['node', '/usr/local/bin/uservpn']), 'uservpn');
  t.equal(ownName(['node']), 'uservpn');
  t.equal(ownName(['node', `${process.cwd()}/dist/node/main.js`]), 'node dist/node/main.js');
  t.equal(ownName(['node', `${process.cwd()}/my folder/main.js`]), "node 'my folder/main.js'");
  t.equal(ownName(['node', '/main.js']), 'node /main.js');
  t.end();
});

t.test('the configuration is named where it was named', (t) => {
  t.match(suggest('up', { config: 'a b.yaml' }), / up --config 'a b\.yaml'$/);
  t.match(suggest('up', { config: undefined }), / up$/);
  t.end();
});
