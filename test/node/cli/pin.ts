import t from 'tap';
import { pinCommand } from '../../../node/cli/pin.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('pin explains itself', (t) => checkHelp(t, pinCommand, ['json']));
