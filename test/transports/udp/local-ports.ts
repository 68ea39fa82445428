import t from 'tap';
import { LocalPorts } from '../../../transports/udp/local-ports.ts';

const A = { address: '192.0.2.1', port: 4_840 };
const B = { address: '192.0.2.2', port: 4_840 };
const V6 = { address: '2001:db8::1', port: 4_840 };

t.test('one port for all, but for a second link to the same remote', async (t) => {
  const ports = new LocalPorts();
  t.equal(ports.choose(A), 0, 'there is none yet');
  ports.opened(40_000, A);
  t.equal(ports.choose(B), 40_000);
  ports.opened(40_000, B);
  t.equal(ports.choose({ ...A, port: 5 }), 40_000, 'another port is another remote');
  t.equal(ports.choose(A), 0);
  ports.opened(40_001, A);
  t.equal(ports.choose(B), 40_001, 'the newest first, which the others follow');
  t.equal(ports.choose(A), 0);
});

t.test('families have ports of their own', async (t) => {
  const ports = new LocalPorts();
  ports.opened(40_000, A);
  t.equal(ports.choose(V6), 0);
  ports.opened(40_000, V6);
  ports.closed(40_000, A);
  t.equal(ports.choose(A), 0);
  t.equal(ports.choose({ ...V6, port: 1 }), 40_000);
});

t.test('a port is forgotten with its last link', async (t) => {
  const ports = new LocalPorts();
  ports.opened(40_000, A);
  ports.opened(40_000, B);
  ports.closed(40_000, A);
  t.equal(ports.choose(A), 40_000);
  ports.closed(40_000, B);
  t.equal(ports.choose(A), 0);
  ports.closed(40_000, B);
  ports.closed(1, V6);
});
