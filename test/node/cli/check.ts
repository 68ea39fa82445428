import t from 'tap';
import { checkCommand } from '../../../node/cli/check.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('check explains itself', (t) => checkHelp(t, checkCommand, ['json']));
