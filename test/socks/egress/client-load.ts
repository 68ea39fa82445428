import t from 'tap';
import { ClientLoad } from '../../../socks/egress/client-load.ts';
import { nodeId } from '../fixtures/node-ids.ts';

t.test('limits are per client, and come back', async (t) => {
  const load = new ClientLoad(3, 2);
  const [a, b] = [nodeId(1), nodeId(2)];
  t.ok(load.startDial(a));
  t.ok(load.startDial(a));
  t.notOk(load.startDial(a), 'two dials at a time');
  t.ok(load.startDial(b), 'another client is not concerned');
  load.endDial(a);
  t.ok(load.startDial(a));
  load.endDial(a);
  t.notOk(load.startDial(a), 'three streams at a time');
  load.endStream(a);
  t.ok(load.startDial(a));
});
