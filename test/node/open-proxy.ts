import t from 'tap';
import { openProxyProblem } from '../../node/open-proxy.ts';

t.test('a proxy that others can use without a password is told of', async (t) => {
  const table: readonly (readonly [string, string | undefined, boolean])[] = [
    ['127.0.0.1', undefined, false],
    ['127.9.9.9', undefined, false],
    ['::1', undefined, false],
    ['0.0.0.0', undefined, true],
    ['::', undefined, true],
    ['192.168.1.2', undefined, true],
    ['192.0.2.1', undefined, true],
    ['0.0.0.0', 'hunter2', false],
  ];
  for (const [host, password, isOpen] of table) {
    t.equal(openProxyProblem({ host, port: 1080 }, password) !== null, isOpen, `${host} ${password ?? ''}`);
  }
  t.match(openProxyProblem({ host: '::', port: 1080 }, undefined), /\[::\]:1080 .*socks\.password/);
});
