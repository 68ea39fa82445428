import t from 'tap';
import { inviteCommand } from '../../../node/cli/invite.ts';
import { checkHelp } from '../fixtures/help-contract.ts';

t.test('invite explains itself', (t) =>
  checkHelp(t, inviteCommand, ['id', 'name', 'exit', 'relay', 'link-only', 'expires', 'replace', 'json']),
);
