import t from 'tap';
import { parseHostKeyword } from '../../config/host-keyword.ts';
import { isFailure } from '../../config/parse-failure.ts';

t.test('parts of host names', async (t) => {
  for (const text of ['tracker', 'a', '.ads.', 'x-1_y', 'z'.repeat(63)]) t.equal(parseHostKeyword(text), text);
  t.equal(parseHostKeyword('AdS'), 'ads');
  const broken: readonly (readonly [string, RegExp])[] = [
    ['', /would be in every name/],
    ['a b', /can't be in a host name/],
    ['ü', /can't be in a host name/],
    ['*', /can't be in a host name/],
    ['\u212a', /can't be in a host name/],
    ['z'.repeat(64), /longer than 63/],
  ];
  for (const [text, expected] of broken) {
    const parsed = parseHostKeyword(text);
    t.match(isFailure(parsed) ? parsed.error : parsed, expected, text);
  }
});
