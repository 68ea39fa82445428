import t from 'tap';
import { parseNodeName } from '../../config/node-name.ts';

/** The name's UTF-16 units in hex: some would break the lines of the test report. */
const escape = (name: string) =>
  Array.from({ length: name.length }, (_, i) => name.charCodeAt(i).toString(16)).join(' ');

t.test('names', async (t) => {
  for (const name of [
    'frankfurt',
    'node-1',
    'a b',
    'Zürich',
    '東京',
    '🏠',
    '#1',
    'yes',
    'x'.repeat(63),
    '東'.repeat(21),
  ]) {
    t.equal(parseNodeName(name), name);
  }
});

t.test('what is none', async (t) => {
  t.same(parseNodeName(''), { error: 'is empty; give the node a name' });
  t.same(parseNodeName('x'.repeat(64)), { error: 'is 64 bytes long in UTF-8; shorten it to at most 63' });
  t.same(parseNodeName('東'.repeat(22)), { error: 'is 66 bytes long in UTF-8; shorten it to at most 63' });
  for (const name of ['a\nb', 'a\u001b[2J', 'a\0', 'a\u2028b', 'a\u202eb', '\ud800', 'a\u0085', '\ufeffa', 'a\t']) {
    t.match(parseNodeName(name), { error: /control characters/ }, escape(name));
  }
  for (const name of [' a', 'a ', '\u00a0a', ' ']) t.match(parseNodeName(name), { error: /white space/ }, escape(name));
});
