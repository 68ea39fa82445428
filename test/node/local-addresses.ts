import { isIP } from 'node:net';
import t from 'tap';
import { localAddresses } from '../../node/local-addresses.ts';

t.test('address literals, none of them loopback or link-local', async (t) => {
  const addresses = localAddresses();
  t.ok(addresses.every((address) => isIP(address) !== 0));
  t.notOk(addresses.some((address) => /^(?:127\.|::1$|fe80:)/.test(address)));
});
