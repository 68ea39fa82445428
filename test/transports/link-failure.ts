import t from 'tap';
import { linkFailureFrom } from '../../transports/link-failure.ts';

const codes = {
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  ETIMEDOUT: 'timed-out',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EMSGSIZE: 'failed',
  ENOBUFS: 'failed',
  EPERM: 'failed',
} as const;

for (const [systemCode, code] of Object.entries(codes)) {
  // The text says something else on purpose: only codes count.
  const error = Object.assign(new Error('connect ECONNREFUSED'), { code: systemCode });
  t.strictSame(linkFailureFrom(error), { code, cause: error }, systemCode);
}

t.equal(linkFailureFrom(new Error('ECONNRESET')).code, 'failed');
t.equal(linkFailureFrom(null).code, 'failed');
