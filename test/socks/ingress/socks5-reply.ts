import t from 'tap';
import type { ConnectFailure } from '../../../socks/connect-outcome.ts';
import { parseHost } from '../../../socks/host-text.ts';
import { SOCKS5_REPLY, socks5Refusal, socks5ReplyCode, socks5Success } from '../../../socks/ingress/socks5-reply.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

t.test('every failure has its code', async (t) => {
  const table: Readonly<Record<ConnectFailure, number>> = {
    failed: 1,
    'not-allowed': 2,
    'network-unreachable': 3,
    'no-exit': 3,
    'host-unreachable': 4,
    'no-such-host': 4,
    'connection-refused': 5,
    'timed-out': 6,
    'not-an-exit': 1,
    overloaded: 1,
  };
  let reason: ConnectFailure;
  for (reason in table) t.equal(socks5ReplyCode(reason), table[reason], reason);
});

t.test('replies byte for byte', async (t) => {
  const success = (host: string, port: number): string => hex(socks5Success({ host: parseHost(host)!, port }));
  t.equal(success('192.0.2.1', 0x1234), '05000001c00002011234');
  t.equal(success('2001:db8::1', 0xfffe), '0500000420010db8000000000000000000000001fffe');
  t.equal(success('example.com', 80), '05000001000000000050');
  t.equal(hex(socks5Refusal(SOCKS5_REPLY.connectionRefused)), '05050001000000000000');
});
