import t from 'tap';
import { whyCommand } from '../../../node/cli/why.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('why explains itself', (t) => checkHelp(t, whyCommand, ['json']));
