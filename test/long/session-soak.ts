import t from 'tap';
import { soak } from '../fixtures/session-soak.ts';

// In parts, so that it shows how far it is.
for (let part = 0; part < 10; part++) {
  t.test(`5,000 seeded runs from ${10_000 + 5_000 * part}`, async (t) => {
    soak(t, 10_000 + 5_000 * part, 5_000, 'dist/test/long/session-soak.js');
  });
}
