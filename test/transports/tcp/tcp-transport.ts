import t from 'tap';
import { createTcpTransport } from '../../../transports/tcp/tcp-transport.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';
import { openRawTcp } from '../../fixtures/raw-peer.ts';
import { transportContract } from '../../fixtures/transport-contract.ts';

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  transportContract(t, {
    name: `tcp on ${host}`,
    create: createTcpTransport,
    endpoint: { transport: 'tcp', host, port: 0 },
    openStranger: openRawTcp,
  });
}
