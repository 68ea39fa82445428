import t from 'tap';
import { isFailure } from '../../config/parse-failure.ts';

t.test('a failure is told from every kind of parsed value', async (t) => {
  t.equal(isFailure({ error: 'what, and what to do' }), true);
  for (const value of [null, 7, 'error', new Uint8Array(2), { port: 1 }, ['error']]) t.equal(isFailure(value), false);
});
