// Nodes come and go without end: what the others keep of them does not grow. 10,000 such events are in test/bench/mesh-churn.ts.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { Churn, countMesh } from '../fixtures/churn.ts';
import { ScaleMesh } from '../fixtures/scale-mesh.ts';

t.setTimeout(120_000);

t.test('restarts, deaths, returns, moves and new certificates leave nothing behind', async (t) => {
  const mesh = new ScaleMesh(await loadSodium(), 8);
  for (let server = 0; server < 4; server++) mesh.addServer();
  for (let client = 0; client < 6; client++) mesh.addClient(4);
  const churn = new Churn(mesh, 1_000);
  churn.run(100);
  const before = countMesh(mesh);
  churn.run(200);
  const after = countMesh(mesh);
  for (const [what, count] of Object.entries(after)) {
    // The simulation keeps each address that was ever used.
    if (what === 'SimAddress') continue;
    const most = (before[what] ?? 0) * 1.5 + 20;
    t.ok(count < most, `${what}: ${before[what] ?? 0}, then ${count}`);
  }
  for (const node of mesh.alive) t.equal(node.mesh.nodes().filter(({ name }) => name !== '').length, 9);
});
