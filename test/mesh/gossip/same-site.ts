import t from 'tap';
import { isSameSite } from '../../../mesh/gossip/same-site.ts';

t.test('who is likely at one place', async (t) => {
  for (const [a, b, isSame] of [
    ['9.0.0.1', '9.0.0.1', true],
    ['9.0.0.1', '9.0.0.2', false],
    ['9.0.0.1', '9.0.0.10', false],
    ['2a00:1:2:3::1', '2a00:1:2:3:ffff:ffff:ffff:ffff', true],
    ['2a00:1:2:3::1', '2a00:1:2:4::1', false],
    ['2a00::1', '2a00::', true],
    ['9.0.0.1', '2a00::1', false],
    ['::ffff:9.0.0.1', '9.0.0.1', false],
  ] as const) {
    t.equal(isSameSite(a, b), isSame, `${a} ${b}`);
    t.equal(isSameSite(b, a), isSame, `${b} ${a}`);
  }
});
