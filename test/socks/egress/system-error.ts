import t from 'tap';
import { refusalOfSystemError } from '../../../socks/egress/system-error.ts';

t.test('codes and what they mean', async (t) => {
  const table: readonly (readonly [string | undefined, string])[] = [
    ['ECONNREFUSED', 'connection-refused'],
    ['EHOSTUNREACH', 'host-unreachable'],
    ['ENETUNREACH', 'network-unreachable'],
    ['EADDRNOTAVAIL', 'network-unreachable'],
    ['ETIMEDOUT', 'timed-out'],
    ['EACCES', 'not-allowed'],
    ['EPERM', 'not-allowed'],
    ['ENOTFOUND', 'no-such-host'],
    ['ENODATA', 'no-such-host'],
    ['EMFILE', 'overloaded'],
    ['ENOMEM', 'overloaded'],
    ['EAI_AGAIN', 'failed'],
    ['ECONNRESET', 'failed'],
    [undefined, 'failed'],
  ];
  for (const [code, reason] of table) t.equal(refusalOfSystemError(code), reason, String(code));
});
