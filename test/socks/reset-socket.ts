import { once } from 'node:events';
import t from 'tap';
import { resetSocket } from '../../socks/reset-socket.ts';
import { closeCode, pattern, socketPair } from './fixtures/sockets.ts';

t.test('the other end sees a failure', async (t) => {
  const { here, there } = await socketPair();
  const code = closeCode(there);
  there.resume();
  resetSocket(here);
  resetSocket(here);
  t.equal(await code, 'ECONNRESET');
});

t.test('bytes that nobody reads do not hold it up', async (t) => {
  const { here, there } = await socketPair();
  here.write(pattern(20_000_000, 1));
  here.end();
  resetSocket(here);
  await once(here, 'close');
  t.equal(here.writableFinished, false);
  there.destroy();
});

t.test('just after the own end it still closes (EINVAL, and never a close)', async (t) => {
  const { here, there } = await socketPair();
  const code = closeCode(here);
  here.end();
  resetSocket(here);
  t.equal(await code, 'none');
  there.destroy();
});

t.test('after the own end has been sent', async (t) => {
  const { here, there } = await socketPair();
  here.end();
  await once(here, 'finish');
  const code = closeCode(here);
  resetSocket(here);
  t.equal(await code, 'none');
  resetSocket(here);
  there.destroy();
});
