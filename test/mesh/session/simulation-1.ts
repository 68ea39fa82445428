import t from 'tap';
import { soak } from '../../fixtures/session-soak.ts';

// Lossy paths carry parity: the runs take more processor time than a test has unless told.
t.setTimeout(300_000);

t.test('600 seeded runs: every byte in order, nothing stuck, nothing leaked', async (t) => {
  soak(t, 0, 600, 'dist/test/mesh/session/simulation-1.js');
});
