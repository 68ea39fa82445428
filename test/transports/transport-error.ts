import t from 'tap';
import { listenError, systemErrorCode, TransportError } from '../../transports/transport-error.ts';

const cases = [
  ['EADDRINUSE', 'address-in-use', /^Cannot listen on udp:\/\/\[::\]:53: another program uses this port\. .*choose/],
  ['EADDRNOTAVAIL', 'address-not-available', /this machine does not have this address\. Use/],
  ['EACCES', 'permission-denied', /Choose a port of 1024 or above/],
  ['EPERM', 'permission-denied', /does not permit/],
  ['EAFNOSUPPORT', 'unsupported', /IPv6/],
  ['EPROTONOSUPPORT', 'unsupported', /does not support/],
  ['EMFILE', 'failed', /^Cannot listen on udp:\/\/\[::\]:53: the system's words$/],
] as const;

for (const [systemCode, code, message] of cases) {
  const cause = Object.assign(new Error("the system's words"), { code: systemCode });
  const error = listenError('udp://[::]:53', cause);
  t.ok(error instanceof TransportError);
  t.match(error, { name: 'TransportError', code, message, cause }, systemCode);
}

t.match(listenError('tcp://127.0.0.1:1', 'a string').message, /: a string$/);
t.notOk('cause' in new TransportError('failed', 'on its own'), 'no cause where none was given');

for (const [error, code] of [
  [Object.assign(new Error(), { code: 'EPIPE' }), 'EPIPE'],
  [{ code: 5 }, ''],
  [new Error('EPIPE'), ''],
  [null, ''],
  [undefined, ''],
  ['EPIPE', ''],
] as const) {
  t.equal(systemErrorCode(error), code);
}
