import t from 'tap';
import { runCommand } from '../../../node/cli/run-command.ts';
import { UserError } from '../../../node/user-error.ts';

t.test('wrong arguments are a UserError that says where help is', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Which command\? See: .*--help$/],
    [['nodse'], /There is no command "nodse"\. Did you mean nodes\? See: /],
    [['up', '--colour', 'red'], /Unknown argument: colour\. See: .* up --help$/],
    [['up', '--config'], /^--config needs a value\. See: .* up --help$/],
    [['pin', 'a.test'], /^Too few arguments: 1 of 2\. See: .* pin --help$/],
    [['ping'], /See: .* ping --help$/],
  ];
  for (const [args, message] of cases) {
    await t.rejects(runCommand(args), { message }, args.join(' '));
    await t.rejects(runCommand(args), UserError);
  }
});
