import t from 'tap';
import { checkEgress } from '../../../socks/egress/egress-policy.ts';
import type { EgressPolicy } from '../../../socks/egress/egress-policy.ts';
import { addressBytes } from '../../../socks/host-text.ts';

const strict: EgressPolicy = {
  allowPrivate: false,
  allowPorts: [],
  ownAddresses: [addressBytes('9.9.9.9')!, addressBytes('10.0.0.7')!, addressBytes('2a00::7')!],
  ownPorts: [4840, 1080],
};
const open: EgressPolicy = { ...strict, allowPrivate: true };

t.test('verdicts, strict and with private addresses allowed', async (t) => {
  const table: readonly (readonly [string, number, string | null, string | null])[] = [
    ['8.8.8.8', 443, null, null],
    ['2a00:1450:4001::1', 443, null, null],
    ['8.8.8.8', 0, null, null],
    ['8.8.8.8', 25, 'mail-port', 'mail-port'],
    ['8.8.8.8', 587, null, null],
    ['127.0.0.1', 80, 'loopback', null],
    ['127.9.9.9', 80, 'loopback', null],
    ['::1', 80, 'loopback', null],
    ['10.0.0.1', 80, 'private', null],
    ['fd12::1', 80, 'private', null],
    ['100.64.0.1', 80, 'carrier-grade-nat', null],
    ['0.0.0.0', 80, 'unspecified', 'unspecified'],
    ['::', 80, 'unspecified', 'unspecified'],
    ['169.254.1.1', 80, 'link-local', 'link-local'],
    ['fe80::1', 80, 'link-local', 'link-local'],
    ['169.254.169.254', 80, 'metadata', 'metadata'],
    ['fd00:ec2::254', 80, 'metadata', 'metadata'],
    ['100.100.100.200', 80, 'metadata', 'metadata'],
    ['168.63.129.16', 80, 'metadata', 'metadata'],
    ['fd00:c1::a9fe:a9fe', 80, 'metadata', 'metadata'],
    ['fd00:42::42', 80, 'metadata', 'metadata'],
    ['fd00:a9fe:a9fe::1', 80, 'metadata', 'metadata'],
    ['fd00:100::100:200', 80, 'metadata', 'metadata'],
    ['224.0.0.1', 80, 'multicast', 'multicast'],
    ['255.255.255.255', 80, 'broadcast', 'broadcast'],
    ['192.0.2.1', 80, 'reserved', 'reserved'],
    ['2001:db8::1', 80, 'reserved', 'reserved'],
    // In disguise.
    ['::ffff:127.0.0.1', 80, 'loopback', null],
    ['::ffff:169.254.169.254', 80, 'metadata', 'metadata'],
    ['::ffff:8.8.8.8', 80, null, null],
    ['::127.0.0.1', 80, 'reserved', 'reserved'],
    ['64:ff9b::127.0.0.1', 80, 'loopback', null],
    ['64:ff9b::169.254.169.254', 80, 'metadata', 'metadata'],
    ['64:ff9b::8.8.8.8', 80, null, null],
    ['64:ff9b:1::10.0.0.1', 80, 'reserved', 'reserved'],
    ['2002:7f00:1::1', 80, 'loopback', null],
    ['2002:a9fe:a9fe::1', 80, 'metadata', 'metadata'],
    ['2002:808:808::1', 80, null, null],
    ['2001:0:808:808::f5ff:fffd', 80, 'private', null],
    ['2001:0:a00:1::f7f7:f7f7', 80, 'private', null],
    ['2001:0:808:808::f7f7:f7f7', 80, null, null],
    ['2a00::5efe:10.0.0.1', 80, 'private', null],
    ['2a00::200:5efe:127.0.0.1', 80, 'loopback', null],
    ['2a00::5efe:169.254.169.254', 80, 'metadata', 'metadata'],
    ['2a00::5efe:8.8.8.8', 80, null, null],
    ['2002:808:808::5efe:10.0.0.1', 80, 'private', null],
    // The exit itself.
    ['127.0.0.1', 4840, 'own-port', 'own-port'],
    ['127.1.2.3', 1080, 'own-port', 'own-port'],
    ['::1', 1080, 'own-port', 'own-port'],
    ['0.0.0.0', 1080, 'own-port', 'own-port'],
    ['9.9.9.9', 4840, 'own-port', 'own-port'],
    ['10.0.0.7', 4840, 'own-port', 'own-port'],
    ['2a00::7', 4840, 'own-port', 'own-port'],
    ['::ffff:9.9.9.9', 4840, 'own-port', 'own-port'],
    ['2002:909:909::1', 4840, 'own-port', 'own-port'],
    ['64:ff9b::9.9.9.9', 4840, 'own-port', 'own-port'],
    ['2a00::5efe:9.9.9.9', 4840, 'own-port', 'own-port'],
    ['9.9.9.9', 443, null, null],
    ['9.9.9.8', 4840, null, null],
    ['10.0.0.8', 4840, 'private', null],
  ];
  for (const [address, port, whenStrict, whenOpen] of table) {
    t.equal(checkEgress(strict, addressBytes(address)!, port), whenStrict, `${address} ${port}, strict`);
    t.equal(checkEgress(open, addressBytes(address)!, port), whenOpen, `${address} ${port}, private allowed`);
  }
  t.equal(checkEgress(open, new Uint8Array(7), 80), 'reserved', 'no address at all');
});

t.test('port 25 can be allowed, and nothing else with it', async (t) => {
  const mail: EgressPolicy = { ...strict, allowPorts: [25] };
  t.equal(checkEgress(mail, addressBytes('8.8.8.8')!, 25), null);
  t.equal(checkEgress(mail, addressBytes('10.0.0.1')!, 25), 'private');
  t.equal(checkEgress({ ...mail, ownPorts: [25] }, addressBytes('9.9.9.9')!, 25), 'own-port');
});
