import t from 'tap';
import { meshIsUp } from '../../../node/demo/mesh-is-up.ts';
import { DemoProcess } from '../../fixtures/demo-process.ts';

t.test('when the demo says that the mesh is up, its client is connected to all exits', async (t) => {
  const demo = await DemoProcess.start();
  t.teardown(() => demo.stop());
  const states = (await demo.nodes()).map(({ state }) => state);
  t.same(states, ['up', 'up', 'up']);
  await meshIsUp(demo.clientConfig, 3);
});
