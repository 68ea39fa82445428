import t from 'tap';
import { soak } from '../../fixtures/session-soak.ts';

t.test('1,000 seeded runs: every byte in order, nothing stuck, nothing leaked', async (t) => {
  soak(t, 0, 1_000, 'dist/test/mesh/session/simulation-1.js');
});
