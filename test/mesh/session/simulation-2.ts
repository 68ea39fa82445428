import t from 'tap';
import { soak } from '../../fixtures/session-soak.ts';

// Lossy paths carry parity: the runs take more processor time than a test has unless told.
t.setTimeout(300_000);

t.test('another 1,000 seeded runs: every byte in order, nothing stuck, nothing leaked', async (t) => {
  soak(t, 1_000, 1_000, 'dist/test/mesh/session/simulation-2.js');
});
