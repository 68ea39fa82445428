import t from 'tap';
import { initCommand } from '../../../node/cli/init.ts';
import { joinCommand } from '../../../node/cli/join.ts';
import { NODE_OPTIONS } from '../../../node/cli/node-options.ts';
import { helpOf } from '../fixtures/help-contract.ts';

t.test('both ways to make a configuration take them', async (t) => {
  for (const help of [await helpOf(initCommand), await helpOf(joinCommand)]) {
    for (const option of Object.keys(NODE_OPTIONS)) t.match(help, `--${option} `);
  }
});
