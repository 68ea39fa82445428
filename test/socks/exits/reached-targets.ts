import t from 'tap';
import { ReachedTargets } from '../../../socks/exits/reached-targets.ts';
import { nodeId } from '../fixtures/node-ids.ts';

t.test('targets are remembered by exit', async (t) => {
  const reached = new ReachedTargets();
  t.notOk(reached.has(nodeId(2), 'a:1'));
  reached.add(nodeId(2), 'a:1');
  reached.add(nodeId(3), 'b:1');
  t.ok(reached.has(nodeId(2), 'a:1'));
  t.notOk(reached.has(nodeId(3), 'a:1'));
  t.notOk(reached.has(nodeId(2), 'a:2'));
  reached.delete(nodeId(2), 'a:1');
  reached.delete(nodeId(9), 'a:1');
  t.notOk(reached.has(nodeId(2), 'a:1'));
  reached.add(nodeId(2), 'a:1');
  reached.keepOnly(new Set([nodeId(3)]));
  t.notOk(reached.has(nodeId(2), 'a:1'));
  t.ok(reached.has(nodeId(3), 'b:1'));
  reached.forget(nodeId(3));
  t.notOk(reached.has(nodeId(3), 'b:1'));
});

t.test('4,096 for each exit, the longest unused forgotten first', async (t) => {
  const reached = new ReachedTargets();
  for (let n = 0; n < 4_096; n++) reached.add(nodeId(2), `${n}:1`);
  reached.add(nodeId(2), '0:1');
  reached.add(nodeId(2), 'new:1');
  t.ok(reached.has(nodeId(2), '0:1'));
  t.notOk(reached.has(nodeId(2), '1:1'));
  t.ok(reached.has(nodeId(2), '2:1'));
});
