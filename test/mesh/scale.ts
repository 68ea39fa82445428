// A mesh of forty nodes in virtual time, with real signatures; 254 of them are in test/bench/mesh-scale.ts.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { ScaleTrial } from '../fixtures/scale-trial.ts';

const sodium = await loadSodium();
const trial = new ScaleTrial(sodium, { servers: 8, clients: 32, seed: 7 });

t.setTimeout(120_000);

t.test('forty nodes come together', async (t) => {
  const ms = trial.start();
  t.ok(ms !== null && ms < 5_000, `all know all ${ms} ms after the last of them has started`);
});

t.test('a joining node and a changed address are known to all within five seconds', async (t) => {
  trial.mesh.sim.pass(120_000);
  const joiningMs = trial.joiningMs();
  t.ok(joiningMs !== null && joiningMs < 5_000, `joining: ${joiningMs} ms`);
  const movingMs = trial.movingMs();
  t.ok(movingMs !== null && movingMs < 5_000, `moving: ${movingMs} ms`);
});

t.test('an idle mesh is quiet', async (t) => {
  trial.mesh.sim.pass(600_000);
  const { servers, clients } = trial.idle(3_600_000);
  t.ok(clients.mostPacketBytes < 3_000, `${Math.round(clients.mostPacketBytes)} bytes a minute for a client`);
  t.ok(servers.mostPacketBytes < 20_000, `${Math.round(servers.mostPacketBytes)} bytes a minute for a server`);
  t.ok(clients.mostWakeUps < 0.5, `${clients.mostWakeUps.toFixed(2)} wake-ups a second of a client`);
});

t.test('three in ten die at once, and ways over them are gone within ten seconds', async (t) => {
  const ms = trial.healedMs(0.3);
  t.ok(ms !== null && ms < 10_000, `${ms} ms`);
  trial.mesh.sim.pass(60_000);
  const backMs = trial.revivedMs();
  t.ok(backMs !== null && backMs < 60_000, `back after ${backMs} ms`);
});

t.test('halves that were apart come to one view', async (t) => {
  trial.mesh.sim.pass(60_000);
  const ms = trial.convergedMs(120_000);
  t.ok(ms !== null && ms < 70_000, `${ms} ms`);
});

t.test('a revoked node is out everywhere within five seconds', async (t) => {
  const ms = trial.revokedMs();
  t.ok(ms !== null && ms < 5_000, `${ms} ms`);
});
