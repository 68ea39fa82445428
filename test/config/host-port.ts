import t from 'tap';
import { formatHostPort, parseHostPort, type AddressUse, type HostPort } from '../../config/host-port.ts';

const READ: readonly (readonly [string, AddressUse, HostPort, string])[] = [
  ['127.0.0.1:1080', 'listen', { host: '127.0.0.1', port: 1080 }, '127.0.0.1:1080'],
  ['[::1]:1080', 'listen', { host: '::1', port: 1080 }, '[::1]:1080'],
  ['[0:0::1]:1', 'dial', { host: '::1', port: 1 }, '[::1]:1'],
  ['[2001:DB8::A]:65535', 'dial', { host: '2001:db8::a', port: 65_535 }, '[2001:db8::a]:65535'],
  ['[::ffff:192.0.2.7]:80', 'dial', { host: '192.0.2.7', port: 80 }, '192.0.2.7:80'],
  ['0.0.0.0:0', 'listen', { host: '0.0.0.0', port: 0 }, '0.0.0.0:0'],
  ['[::]:0', 'listen', { host: '::', port: 0 }, '[::]:0'],
];

const REFUSED: readonly (readonly [string, AddressUse, string])[] = [
  ['', 'listen', '"" holds no IP address; write IP:PORT, such as 127.0.0.1:1080'],
  [':1080', 'listen', '":1080" holds no IP address; write IP:PORT, such as 127.0.0.1:1080'],
  ['1080', 'listen', '"1080" is a port alone; write IP:PORT, such as 127.0.0.1:1080'],
  ['localhost:1080', 'listen', '"localhost:1080" names a host; write 127.0.0.1 or [::1] instead'],
  ['proxy:1080', 'listen', '"proxy:1080" names a host; write its IP address, because a node never looks names up'],
  ['127.0.0.1', 'listen', '"127.0.0.1" has no port; add one, such as :4840'],
  ['127.0.0.1:', 'listen', '"127.0.0.1:" has no port; add one, such as :4840'],
  ['[::1]', 'listen', '"[::1]" has no port; add one, such as :4840'],
  ['::1', 'listen', '"::1" has no brackets around its IPv6 address; write [ADDRESS]:PORT, such as [::1]:4840'],
  [
    'fe80::a:b:c:d:1080',
    'listen',
    '"fe80::a:b:c:d:1080" has no brackets around its IPv6 address; write [ADDRESS]:PORT, such as [fe80::a:b:c:d:1080]:4840',
  ],
  [
    '1:2:3:4:5:6:7:8:80',
    'listen',
    '"1:2:3:4:5:6:7:8:80" has no brackets around its IPv6 address; write [ADDRESS]:PORT, such as [1:2:3:4:5:6:7:8]:4840',
  ],
  ['[127.0.0.1]:1', 'listen', '"[127.0.0.1]:1" holds no valid IP address; check its digits'],
  ['[::1:1080', 'listen', '"[::1:1080" holds no valid IP address; check its digits'],
  ['[::1]1080', 'listen', '"[::1]1080" holds no valid IP address; check its digits'],
  ['127.0.0.300:1', 'listen', '"127.0.0.300:1" holds no valid IP address; check its digits'],
  [
    '[fe80::1%eth0]:1',
    'listen',
    `"[fe80::1%eth0]:1" holds a zone (%…), which other machines can't use; write the address without it`,
  ],
  ['me@127.0.0.1:1', 'listen', '"me@127.0.0.1:1" holds a user name; write only the IP address and the port'],
  ['127.0.0.1:65536', 'listen', '"127.0.0.1:65536" has no valid port; use a number from 0 to 65535'],
  ['127.0.0.1:080', 'dial', '"127.0.0.1:080" has no valid port; use a number from 1 to 65535'],
  ['127.0.0.1:-1', 'dial', '"127.0.0.1:-1" has no valid port; use a number from 1 to 65535'],
  ['127.0.0.1:1e3', 'dial', '"127.0.0.1:1e3" has no valid port; use a number from 1 to 65535'],
  ['127.0.0.1:80 ', 'dial', '"127.0.0.1:80 " has no valid port; use a number from 1 to 65535'],
  ['127.0.0.1:80\n', 'dial', '"127.0.0.1:80\\n" has no valid port; use a number from 1 to 65535'],
  ['127.0.0.1:0', 'dial', '"127.0.0.1:0" has port 0, which only a listener may ask for; write the real port'],
  [
    '0.0.0.0:80',
    'dial',
    '"0.0.0.0:80" stands for every address of a machine; nobody can connect to it, so write the real one',
  ],
  [
    '[::]:80',
    'dial',
    '"[::]:80" stands for every address of a machine; nobody can connect to it, so write the real one',
  ],
  ['224.0.0.1:80', 'listen', '"224.0.0.1:80" is a multicast or broadcast address; use the address of one machine'],
  ['[ff02::1]:80', 'dial', '"[ff02::1]:80" is a multicast or broadcast address; use the address of one machine'],
];

t.test('reads and writes', async (t) => {
  for (const [text, use, address, canonical] of READ) {
    t.same(parseHostPort(text, use), address, text);
    t.equal(formatHostPort(address), canonical);
    t.same(parseHostPort(canonical, use), address, canonical);
  }
});

t.test('says what is wrong', async (t) => {
  for (const [text, use, error] of REFUSED) t.same(parseHostPort(text, use), { error }, text);
});
