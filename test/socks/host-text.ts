import t from 'tap';
import { addressBytes, addressText, hostText, parseHost, targetText, unmapped } from '../../socks/host-text.ts';

t.test('what is a name, what an address, what neither', async (t) => {
  const table: readonly (readonly [string, string | null])[] = [
    ['example.com', 'name example.com'],
    ['EXAMPLE.Com', 'name example.com'],
    ['example.com.', 'name example.com'],
    ['localhost', 'name localhost'],
    ['_dmarc.example.com', 'name _dmarc.example.com'],
    ['xn--bcher-kva.example', 'name xn--bcher-kva.example'],
    ['1.example', 'name 1.example'],
    ['0x.example', 'name 0x.example'],
    ['1.2.3.4', 'ip 1.2.3.4'],
    ['1.2.3.4.', 'ip 1.2.3.4'],
    ['::1', 'ip ::1'],
    ['2001:DB8::1', 'ip 2001:db8::1'],
    ['::ffff:1.2.3.4', 'ip ::ffff:102:304'],
    ['::1.2.3.4', 'ip ::102:304'],
    // What inet_aton takes for an address.
    ['127.1', null],
    ['0177.0.0.1', null],
    ['01.2.3.4', null],
    ['2130706433', null],
    ['0x7f000001', null],
    ['0x7f.1', null],
    ['0X7F.1', null],
    ['0x', null],
    ['127.0.0.0x1', null],
    ['127.0.0.1.1', null],
    ['256.1.1.1', null],
    ['example.1', null],
    ['1.2.3.04', null],
    ['127.0.0.1..', null],
    ['::ffff:0177.0.0.1', null],
    // No host at all.
    ['', null],
    ['.', null],
    ['..', null],
    ['a..b', null],
    ['.a', null],
    ['a b', null],
    ['a\0b', null],
    ['example.com\r\nHost: x', null],
    ['example.com\n', null],
    ['a\x7f', null],
    ['b\u00fccher.example', null],
    ['[::1]', null],
    ['::1%lo', null],
    ['fe80::1%eth0', null],
    ['example.com:80', null],
    ['user@example.com', null],
    ['a/b', null],
    ['1::2::3', null],
    ['a'.repeat(255), `name ${'a'.repeat(255)}`],
    ['a'.repeat(256), null],
  ];
  for (const [text, expected] of table) {
    const host = parseHost(text);
    t.equal(host === null ? null : `${host.type} ${hostText(host)}`, expected, JSON.stringify(text.slice(0, 40)));
  }
});

t.test('addresses as text and back', async (t) => {
  for (const text of ['0.0.0.0', '192.0.2.1', '255.255.255.255', '::', '::1', '2001:db8::8:800:200c:417a']) {
    t.equal(addressText(addressBytes(text)!), text);
  }
  t.same(addressBytes('fe80::1%eth0'), addressBytes('fe80::1'));
  t.equal(addressBytes('example.com'), null);
  t.equal(addressText(new Uint8Array(5)), '?');
});

t.test('mapped addresses are IPv4', async (t) => {
  t.same(unmapped(addressBytes('::ffff:192.0.2.1')!), Uint8Array.of(192, 0, 2, 1));
  for (const text of ['::192.0.2.1', '1::ffff:192.0.2.1', '::ffff:0:192.0.2.1', '192.0.2.1']) {
    t.equal(addressText(unmapped(addressBytes(text)!)), addressText(addressBytes(text)!));
  }
});

t.test('targets as text', async (t) => {
  t.equal(targetText({ host: parseHost('example.com')!, port: 80 }), 'example.com:80');
  t.equal(targetText({ host: parseHost('::1')!, port: 80 }), '[::1]:80');
});
