import t from 'tap';
import { createUdpTransport } from '../../../transports/udp/udp-transport.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';
import { openRawUdp } from '../../fixtures/raw-peer.ts';
import { transportContract } from '../../fixtures/transport-contract.ts';

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  transportContract(t, {
    name: `udp on ${host}`,
    create: createUdpTransport,
    endpoint: { transport: 'udp', host, port: 0 },
    openStranger: openRawUdp,
  });
}
