// A mesh of sixty nodes in virtual time, with real signatures; 254 of them are in test/bench/mesh-scale.ts.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { ScaleTrial } from '../fixtures/scale-trial.ts';

const sodium = await loadSodium();
const trial = new ScaleTrial(sodium, { servers: 10, clients: 50, seed: 7 });

t.test('sixty nodes come together', async (t) => {
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
  trial.mesh.sim.pass(900_000);
  const { servers, clients } = trial.idle(3_600_000);
  t.ok(clients.mostBytes < 3 * 1_024, `${Math.round(clients.mostBytes)} bytes a minute for a client`);
  t.ok(servers.mostBytes < 20 * 1_024, `${Math.round(servers.mostBytes)} bytes a minute for a server`);
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

t.test('restarts, deaths and returns without end leave nothing behind', async (t) => {
  trial.churn(300, 2_000);
  const stateBytes = (): number =>
    trial.mesh.alive.reduce((sum, node) => sum + node.persisted.length, 0) / trial.mesh.alive.length;
  const before = stateBytes();
  trial.churn(600, 2_000);
  t.ok(stateBytes() < before * 1.1 + 2_000, `${Math.round(before)} bytes of state, then ${Math.round(stateBytes())}`);
  for (const node of [...trial.mesh.dead]) trial.mesh.revive(node);
  const all = trial.mesh.alive;
  const ms = trial.mesh.untilAll(
    all,
    (node) => node.mesh.nodes().filter(({ name }) => name !== '').length >= all.length - 1,
    60_000,
  );
  t.ok(ms !== null, `all know all again after ${ms} ms`);
});
