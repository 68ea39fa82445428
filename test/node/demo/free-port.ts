import { createServer } from 'node:net';
import { once } from 'node:events';
import t from 'tap';
import { freeTcpPort, freeTcpPortFrom, freeUdpPort } from '../../../node/demo/free-port.ts';

t.test('a free port can be listened on', async (t) => {
  const port = await freeTcpPort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.not(await freeTcpPortFrom(port), port, 'and is passed over as long as it is taken');
  server.close();
  await once(server, 'close');
  t.equal(await freeTcpPortFrom(port), port);
  t.ok((await freeUdpPort()) > 1023);
});
