import t from 'tap';
import { rotateKeyCommand } from '../../../node/cli/rotate-key.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('rotate-key explains itself', (t) => checkHelp(t, rotateKeyCommand, ['grace', 'json']));
