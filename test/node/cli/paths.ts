import t from 'tap';
import { pathsCommand } from '../../../node/cli/paths.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('paths explains itself', (t) => checkHelp(t, pathsCommand, ['json']));
