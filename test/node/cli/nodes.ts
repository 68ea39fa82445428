import t from 'tap';
import { nodesCommand } from '../../../node/cli/nodes.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('nodes explains itself', (t) => checkHelp(t, nodesCommand, ['json']));
