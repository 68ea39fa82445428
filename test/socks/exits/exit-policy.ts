import t from 'tap';
import { permits, policyText, type ExitPolicy } from '../../../socks/exits/exit-policy.ts';
import { nodeId } from '../fixtures/node-ids.ts';

t.test('which exits a policy permits, and its words', async (t) => {
  const exits = [
    { id: nodeId(1), country: 'DE' },
    { id: nodeId(2), country: 'JP' },
    { id: nodeId(3), country: '' },
  ];
  const table: readonly (readonly [ExitPolicy, readonly number[], string])[] = [
    [{ type: 'any' }, [1, 2, 3], 'any exit'],
    [{ type: 'exit', exit: nodeId(2) }, [2], 'exit 2'],
    [{ type: 'countries', allowed: ['DE', 'FR'], forbidden: [] }, [1], 'DE FR'],
    [{ type: 'countries', allowed: null, forbidden: ['JP'] }, [1, 3], 'any country, not JP'],
    [{ type: 'countries', allowed: ['DE', 'JP'], forbidden: ['JP'] }, [1], 'DE JP, not JP'],
  ];
  for (const [policy, expected, text] of table) {
    t.same(
      exits.filter((exit) => permits(policy, exit)).map(({ id }) => id),
      expected,
      text,
    );
    t.equal(policyText(policy), text);
  }
});
