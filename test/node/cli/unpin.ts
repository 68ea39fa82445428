import t from 'tap';
import { unpinCommand } from '../../../node/cli/unpin.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('unpin explains itself', (t) => checkHelp(t, unpinCommand, ['json']));
