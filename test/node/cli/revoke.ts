import t from 'tap';
import { revokeCommand } from '../../../node/cli/revoke.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('revoke explains itself', (t) => checkHelp(t, revokeCommand, ['json']));
