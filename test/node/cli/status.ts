import t from 'tap';
import { statusCommand } from '../../../node/cli/status.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('status explains itself', (t) => checkHelp(t, statusCommand, ['json']));
