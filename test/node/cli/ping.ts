import t from 'tap';
import { pingCommand } from '../../../node/cli/ping.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('ping explains itself', (t) => checkHelp(t, pingCommand, ['count', 'interval', 'json']));
