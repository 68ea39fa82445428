import t from 'tap';
import { endpointProblem } from '../../transports/endpoint-problem.ts';

const usable = [
  ['127.0.0.1', 4_840, 'dial'],
  ['2001:db8::1', 65_535, 'dial'],
  ['0.0.0.0', 0, 'listen'],
  ['::', 1, 'listen'],
] as const;

for (const [host, port, use] of usable) {
  t.equal(endpointProblem({ transport: 'udp', host, port }, use), null, `${use} ${host} ${port}`);
}

const unusable = [
  ['localhost', 4_840, 'dial', /tcp:\/\/localhost:4840: its host is not an IP address/],
  ['', 4_840, 'listen', /not an IP address/],
  ['192.0.2', 4_840, 'listen', /not an IP address/],
  ['[::1]', 4_840, 'dial', /not an IP address/],
  ['127.0.0.1', 0, 'dial', /from 1 to 65535/],
  ['127.0.0.1', 65_536, 'dial', /from 1 to 65535/],
  ['127.0.0.1', 65_536, 'listen', /from 0 to 65535/],
  ['127.0.0.1', -1, 'listen', /from 0 to 65535/],
  ['127.0.0.1', 1.5, 'dial', /from 1 to 65535/],
  ['127.0.0.1', Number.NaN, 'listen', /from 0 to 65535/],
] as const;

for (const [host, port, use, message] of unusable) {
  const problem = endpointProblem({ transport: 'tcp', host, port }, use);
  t.equal(problem?.code, 'unsupported');
  t.match(problem?.message, message);
}
