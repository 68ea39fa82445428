import t from 'tap';
import { drainCommand } from '../../../node/cli/drain.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('drain explains itself', (t) => checkHelp(t, drainCommand, ['back-in', 'json', 'off', 'stop-after']));
