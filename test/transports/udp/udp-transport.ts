import t from 'tap';
import { loadSocketOptions } from '../../../node/socket-options/load-socket-options.ts';
import { createUdpTransport } from '../../../transports/udp/udp-transport.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';
import { openRawUdp } from '../../fixtures/raw-peer.ts';
import { transportContract } from '../../fixtures/transport-contract.ts';

const options = await loadSocketOptions();
if (options === null) t.comment('no socket options on this machine: the contract is checked without them only');

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  transportContract(t, {
    name: `udp on ${host}`,
    create: createUdpTransport,
    endpoint: { transport: 'udp', host, port: 0 },
    openStranger: openRawUdp,
  });
  if (options === null) continue;
  transportContract(t, {
    name: `udp on ${host} with socket options`,
    create: (context) => createUdpTransport({ ...context, socketOptions: options }),
    endpoint: { transport: 'udp', host, port: 0 },
    openStranger: openRawUdp,
  });
}
