import t from 'tap';
import { progressBar } from '../../../node/cli/run-geoip.ts';

t.test('progress', async (t) => {
  t.equal(progressBar(1_500_000, null), '1.5 MB');
  t.equal(progressBar(0, 3_000_000), `[${' '.repeat(30)}] 0 % of 3.0 MB`);
  t.equal(progressBar(1_500_000, 3_000_000), `[${'#'.repeat(15)}${' '.repeat(15)}] 50 % of 3.0 MB`);
  t.equal(progressBar(9, 3), `[${'#'.repeat(30)}] 100 % of 0.0 MB`);
});
