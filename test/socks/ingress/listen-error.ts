import t from 'tap';
import { listenError } from '../../../socks/ingress/listen-error.ts';

t.test("the system's codes become ours, with the cause kept", async (t) => {
  const table = [
    ['EADDRINUSE', 'address-in-use'],
    ['EADDRNOTAVAIL', 'address-not-available'],
    ['EACCES', 'not-permitted'],
    ['EPERM', 'not-permitted'],
    ['EMFILE', 'listen-failed'],
  ] as const;
  for (const [system, code] of table) {
    const cause = Object.assign(new Error('said so'), { code: system });
    const error = listenError(cause, '127.0.0.1:1080');
    t.equal(error.code, code, system);
    t.equal(error.cause, cause);
    t.match(error.message, '127.0.0.1:1080');
  }
});
