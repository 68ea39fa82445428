import t from 'tap';
import { Closers } from '../../node/closers.ts';

t.test('the newest is closed first, once, whatever fails', async (t) => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add(() => void closed.push('first'));
  closers.add(() => {
    throw new Error('second');
  });
  closers.add(() => Promise.reject(new Error('third')));
  closers.add(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    closed.push('last');
  });
  await Promise.all([closers.close(), closers.close()]);
  await closers.close();
  t.same(closed, ['last', 'first']);
});
