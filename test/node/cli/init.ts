import t from 'tap';
import { initCommand } from '../../../node/cli/init.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('init explains itself', (t) =>
  checkHelp(t, initCommand, [
    'id',
    'name',
    'exit',
    'relay',
    'country',
    'listen',
    'advertise',
    'socks',
    'allow-private',
    'json',
  ]),
);
