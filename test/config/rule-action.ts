import t from 'tap';
import { isFailure } from '../../config/parse-failure.ts';
import { formatRuleAction, parseRuleAction, type RuleAction } from '../../config/rule-action.ts';
import { parseNodeId } from '../../config/node-id.ts';

const countries = (allowed: readonly string[] | null, ...forbidden: readonly string[]): RuleAction => ({
  type: 'countries',
  allowed,
  forbidden,
});

t.test('what a rule can do, in both directions', async (t) => {
  const cases: readonly (readonly [string, RuleAction])[] = [
    ['block', { type: 'block' }],
    ['direct', { type: 'direct' }],
    ['auto', { type: 'auto' }],
    ['exit 1', { type: 'exit', exit: parseNodeId(1)! }],
    ['exit 254', { type: 'exit', exit: parseNodeId(254)! }],
    ['countries DE', countries(['DE'])],
    ['countries DE FR', countries(['DE', 'FR'])],
    ['not countries US CN', countries(null, 'US', 'CN')],
  ];
  for (const [text, action] of cases) {
    t.strictSame(parseRuleAction(text), action, text);
    t.equal(formatRuleAction(action), text);
  }
  t.strictSame(parseRuleAction('  countries  DE, FR,DE '), countries(['DE', 'FR']), 'commas, spaces and repetition');
});

t.test('what a rule cannot do', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^"" is nothing that a rule can do; write auto, block/],
    ['blok', /did you mean block\?/],
    ['BLOCK', /did you mean block\?/],
    ['block all', /says more than block; write block alone/],
    ['exit', /names no exit; write exit and a node number from 1 to 254/],
    ['exit 0', /names no exit/],
    ['exit 255', /names no exit/],
    ['exit 3 4', /names no exit/],
    ['exit three', /names no exit/],
    ['countries', /names no country/],
    ['countries de', /write DE/],
    ['countries UK', /GB/],
    ['not countries', /names no country/],
    ['not DE', /is nothing that a rule can do; write/],
    ['not', /is nothing that a rule can do/],
  ];
  for (const [text, expected] of cases) {
    const parsed = parseRuleAction(text);
    t.match(isFailure(parsed) ? parsed.error : null, expected, text);
  }
});
