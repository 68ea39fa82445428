import t from 'tap';
import { joinCommand } from '../../../node/cli/join.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('join explains itself', (t) =>
  checkHelp(t, joinCommand, ['listen', 'advertise', 'socks', 'allow-private', 'json']),
);
