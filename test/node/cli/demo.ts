import t from 'tap';
import { demoCommand } from '../../../node/cli/demo.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('demo explains itself', (t) => checkHelp(t, demoCommand, []));
