import t from 'tap';
import { classifyAddress, isPrivateIp, isPublicIp } from '../../config/address-class.ts';
import { addressBytes } from '../../socks/host-text.ts';

t.test('classes at their edges', async (t) => {
  const table: readonly (readonly [string, string])[] = [
    ['0.0.0.0', 'unspecified'],
    ['0.255.255.255', 'unspecified'],
    ['1.0.0.0', 'public'],
    ['8.8.8.8', 'public'],
    ['9.255.255.255', 'public'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['11.0.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'carrier-grade-nat'],
    ['100.127.255.255', 'carrier-grade-nat'],
    ['100.128.0.0', 'public'],
    ['100.100.100.200', 'metadata'],
    ['126.255.255.255', 'public'],
    ['127.0.0.0', 'loopback'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['128.0.0.0', 'public'],
    ['168.63.129.16', 'metadata'],
    ['169.253.255.255', 'public'],
    ['169.254.0.0', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['169.254.42.42', 'metadata'],
    ['169.254.255.255', 'link-local'],
    ['169.255.0.0', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.0.0.8', 'reserved'],
    ['192.0.0.0', 'reserved'],
    ['192.0.0.9', 'reserved'],
    ['192.0.0.10', 'reserved'],
    ['192.0.0.192', 'metadata'],
    ['192.0.0.255', 'reserved'],
    ['192.0.1.0', 'public'],
    ['192.31.196.1', 'public'],
    ['192.52.193.1', 'public'],
    ['192.88.99.2', 'reserved'],
    ['192.175.48.1', 'public'],
    ['192.0.2.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['192.167.255.255', 'public'],
    ['192.168.0.0', 'private'],
    ['192.168.255.255', 'private'],
    ['192.169.0.0', 'public'],
    ['198.18.0.0', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['223.255.255.255', 'public'],
    ['224.0.0.0', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.0', 'reserved'],
    ['255.255.255.254', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::2', 'reserved'],
    ['::127.0.0.1', 'reserved'],
    ['::8.8.8.8', 'reserved'],
    ['::ffff:0:127.0.0.1', 'reserved'],
    ['64:ff9b::8.8.8.8', 'public'],
    ['64:ff9b:1::8.8.8.8', 'reserved'],
    ['100::1', 'reserved'],
    ['100:0:0:1::1', 'reserved'],
    ['1fff::1', 'reserved'],
    ['2000::1', 'public'],
    ['2001:0:1::1', 'public'],
    ['2001:1::1', 'reserved'],
    ['2001:1::2', 'reserved'],
    ['2001:1::3', 'reserved'],
    ['2001:2::1', 'reserved'],
    ['2001:3::1', 'public'],
    ['2001:4:112::1', 'public'],
    ['2001:4:113::1', 'reserved'],
    ['2001:30::1', 'reserved'],
    ['2001:1ff:ffff::1', 'reserved'],
    ['2001:200::1', 'public'],
    ['2620:4f:8000::1', 'public'],
    ['2001:10::1', 'reserved'],
    ['2001:20::1', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['2002:808:808::1', 'public'],
    ['2a00:1450:4001::1', 'public'],
    ['3fff:0fff::1', 'reserved'],
    ['3ffe::1', 'public'],
    ['4000::1', 'reserved'],
    ['5f00::1', 'reserved'],
    ['fbff::1', 'reserved'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['fd00:ec2::254', 'metadata'],
    ['fd00:ec2::253', 'private'],
    ['fd00:c1::a9fe:a9fe', 'metadata'],
    ['fd00:42::42', 'metadata'],
    ['fd00:a9fe:a9fe::1', 'metadata'],
    ['fd00:100::100:200', 'metadata'],
    ['fe80::a9fe:a9fe', 'metadata'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'reserved'],
    ['ff02::1', 'multicast'],
  ];
  for (const [address, expected] of table) t.equal(classifyAddress(addressBytes(address)!), expected, address);
  t.equal(classifyAddress(new Uint8Array(0)), 'reserved');
  t.equal(classifyAddress(new Uint8Array(15)), 'reserved');
});

t.test('addresses that a site may see', async (t) => {
  for (const text of ['8.8.8.8', '2a00::1', '::ffff:8.8.8.8']) t.ok(isPublicIp(text), text);
  for (const text of ['10.0.0.1', '203.0.113.7', '100.64.0.1', 'fe80::1', '2001:db8::1', '0.0.0.0', '::', '127.0.0.1'])
    t.notOk(isPublicIp(text), text);
  for (const text of ['', 'example.org', '8.8.8', '010.8.8.8', '2a00::1%eth0']) t.notOk(isPublicIp(text), text);
});

t.test('addresses that many networks have, each for itself', async (t) => {
  for (const text of ['10.0.0.1', '172.16.0.1', '192.168.1.5', 'fd00::5', '::ffff:10.0.0.1'])
    t.ok(isPrivateIp(text), text);
  for (const text of ['8.8.8.8', '100.64.0.1', '127.0.0.1', '169.254.1.1', '224.0.0.1', 'fe80::1', 'fd00:ec2::254', ''])
    t.notOk(isPrivateIp(text), text);
});
