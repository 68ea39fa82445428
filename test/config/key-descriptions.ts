import t from 'tap';
import { EXIT_KEY_DESCRIPTIONS, KEY_DESCRIPTIONS } from '../../config/key-descriptions.ts';
import { KNOWN_KEYS } from '../../config/schema.ts';

t.test('every key that a configuration may have is described, and no other', async (t) => {
  t.strictSame(Object.keys(KEY_DESCRIPTIONS).toSorted(), [...KNOWN_KEYS.get('')!].toSorted());
  t.strictSame(Object.keys(EXIT_KEY_DESCRIPTIONS).toSorted(), [...KNOWN_KEYS.get('exit')!].toSorted());
});

t.test('each is one line that fits a comment, and secrets say that they are', async (t) => {
  for (const [key, text] of Object.entries({ ...KEY_DESCRIPTIONS, ...EXIT_KEY_DESCRIPTIONS })) {
    t.match(text, /^[^\n]{10,110}\.$/, key);
  }
  for (const key of ['networkKey', 'identity', 'adminKey'] as const) t.match(KEY_DESCRIPTIONS[key], /^Secret\./);
});
