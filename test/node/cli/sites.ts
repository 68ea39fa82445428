import t from 'tap';
import { sitesCommand } from '../../../node/cli/sites.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('sites explains itself', (t) => checkHelp(t, sitesCommand, ['json']));
