import t from 'tap';
import { upCommand } from '../../../node/cli/up.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('up explains itself', (t) => checkHelp(t, upCommand, ['server']));
