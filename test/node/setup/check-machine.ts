import t from 'tap';
import { checkClock, checkPorts, checkProxy } from '../../../node/setup/check-machine.ts';
import { networkIn } from '../fixtures/network.ts';
import { takenPort } from '../fixtures/taken-port.ts';

t.test('a clock that cannot be right is found', (t) => {
  t.match(checkClock(Date.UTC(2027, 0, 1)), { result: 'ok', message: '2027-01-01 00:00 UTC' });
  t.match(checkClock(0), { result: 'failed', message: /1970-01-01.*set it/ });
  t.match(checkClock(Date.UTC(2100, 0, 1)), { result: 'failed' });
  t.end();
});

t.test('a proxy for everybody is told of', async (t) => {
  const loaded = await networkIn(t.testdir());
  const proxyAt = (host: string) => ({
    ...loaded,
    config: { ...loaded.config, socks: { listen: { host, port: 1080 } } },
  });
  t.same(checkProxy(loaded), [], 'no proxy');
  t.same(checkProxy(proxyAt('127.0.0.1')), []);
  t.match(checkProxy(proxyAt('0.0.0.0')), [{ what: 'proxy', result: 'warning', message: /0\.0\.0\.0:1080/ }]);
});

t.test('ports that are free are left free, and taken ones are found', async (t) => {
  const loaded = await networkIn(t.testdir(), ['udp://127.0.0.1:0', 'tcp://127.0.0.1:0'], '127.0.0.1:0');
  t.match(await checkPorts(loaded), [
    { what: 'udp port', result: 'ok' },
    { what: 'tcp port', result: 'ok' },
    { what: 'proxy port', result: 'ok' },
  ]);
  const port = await takenPort(t);
  const listen = [
    { transport: 'tcp', host: '127.0.0.1', port } as const,
    { transport: 'wss', host: '127.0.0.1', port: 1 } as const,
  ];
  const taken = { ...loaded.config, listen, socks: { listen: { host: '127.0.0.1', port } } };
  t.match(await checkPorts({ ...loaded, config: taken }), [
    { what: 'tcp port', result: 'failed', message: /another program/ },
    { what: 'wss port', result: 'failed', message: /can't listen on wss/ },
    { what: 'proxy port', result: 'failed', message: /taken by another program; choose another/ },
  ]);
});
