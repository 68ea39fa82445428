import t from 'tap';
import { RULE_CONDITIONS } from '../../config/rule-settings.ts';
import { RULE_SHAPE } from '../../config/rules-schema.ts';

t.test('all keys of a rule but the action and its waiting are conditions', async (t) => {
  t.strictSame([...RULE_CONDITIONS, 'to', 'whenDown'].toSorted(), Object.keys(RULE_SHAPE).toSorted());
});
