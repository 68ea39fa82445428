import t from 'tap';
import { addressBytes, parseHost } from '../../../socks/host-text.ts';
import { isLocalHost, isolatedSite, siteOf } from '../../../socks/exits/site.ts';

t.test('names', async (t) => {
  const table: readonly (readonly [string, string, 'local' | 'public'])[] = [
    // The registrable domain.
    ['example.com', 'example.com', 'public'],
    ['www.example.com', 'example.com', 'public'],
    ['a.b.c.example.com', 'example.com', 'public'],
    ['WWW.Example.COM', 'example.com', 'public'],
    ['www.example.com.', 'example.com', 'public'],
    ['_dmarc.example.com', 'example.com', 'public'],
    ['a.b.example.co.uk', 'example.co.uk', 'public'],
    ['www.city.kawasaki.jp', 'city.kawasaki.jp', 'public'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', 'public'],
    ['www.example.unknowntld', 'example.unknowntld', 'public'],
    // Private suffixes: what one customer of a host logs in to is none of another's business.
    ['foo.github.io', 'foo.github.io', 'public'],
    ['a.foo.github.io', 'foo.github.io', 'public'],
    ['my-app.herokuapp.com', 'my-app.herokuapp.com', 'public'],
    // Public suffixes are their own site.
    ['github.io', 'github.io', 'public'],
    ['co.uk', 'co.uk', 'public'],
    // Local names.
    ['printer', 'printer', 'local'],
    ['localhost', 'localhost', 'local'],
    ['app.localhost', 'app.localhost', 'local'],
    ['printer.local', 'printer.local', 'local'],
    ['nas.lan', 'nas.lan', 'local'],
    ['a.b.internal', 'b.internal', 'local'],
    ['nas.home.arpa', 'nas.home.arpa', 'local'],
    ['home.arpa', 'home.arpa', 'local'],
    ['NAS.LAN.', 'nas.lan', 'local'],
    // Only looks local.
    ['local.example.com', 'example.com', 'public'],
    ['mylan.com', 'mylan.com', 'public'],
    ['notlocal.dev', 'notlocal.dev', 'public'],
  ];
  for (const [name, site, scope] of table) {
    t.same(siteOf({ type: 'name', name }), { name: site, local: scope === 'local' }, name);
  }
});

t.test('addresses', async (t) => {
  const table: readonly (readonly [string, string, 'local' | 'public'])[] = [
    ['203.1.2.3', '203.1.2.3', 'public'],
    ['::ffff:203.1.2.3', '203.1.2.3', 'public'],
    ['2a00:1450:4001::1', '2a00:1450:4001::1', 'public'],
    ['10.0.0.1', '10.0.0.1', 'local'],
    ['192.168.1.1', '192.168.1.1', 'local'],
    ['100.64.0.1', '100.64.0.1', 'local'],
    ['127.0.0.1', '127.0.0.1', 'local'],
    ['169.254.1.1', '169.254.1.1', 'local'],
    ['::ffff:10.0.0.1', '10.0.0.1', 'local'],
    ['::1', '::1', 'local'],
    ['fd00::1', 'fd00::1', 'local'],
    ['fe80::1', 'fe80::1', 'local'],
  ];
  for (const [address, site, scope] of table) {
    t.same(siteOf({ type: 'ip', bytes: addressBytes(address)! }), { name: site, local: scope === 'local' }, address);
  }
  t.same(siteOf({ type: 'ip', bytes: new Uint8Array(3) }), { name: '?', local: false }, 'a broken one');
});

t.test('the edge cases of docs/EXITS.md, as programs write them', async (t) => {
  const table: readonly (readonly [text: string, site: string | null, scope?: 'local' | 'public'])[] = [
    ['xn--bcher-kva.co.uk', 'xn--bcher-kva.co.uk'],
    ['www.xn--bcher-kva.co.uk', 'xn--bcher-kva.co.uk'],
    ['www.xn--80ak6aa92e.xn--p1ai', 'xn--80ak6aa92e.xn--p1ai'],
    ['b\u00fccher.example', null],
    ['_sip._tcp.example.com', 'example.com'],
    ['-odd-.example.com', 'example.com'],
    ['com', 'com', 'local'],
    ['co.uk', 'co.uk'],
    ['github.io', 'github.io'],
    ['a.b.github.io', 'b.github.io'],
    ['www.ck', 'www.ck'],
    ['a.b.kobe.jp', 'a.b.kobe.jp'],
    ['EXAMPLE.com.', 'example.com'],
    ['example.com..', null],
    ['.example.com', null],
    ['192.0.2.7.', '192.0.2.7'],
    ['0177.0.0.1', null],
    ['2130706433', null],
    ['0x7f000001', null],
    ['127.1', null],
    ['1.2.3.256', null],
    ['fe80::1%eth0', null],
    ['[::1]', null],
    ['::1', '::1', 'local'],
    ['::', '::', 'local'],
    ['0.0.0.0', '0.0.0.0', 'local'],
    ['::FFFF:8.8.8.8', '8.8.8.8'],
    ['::ffff:192.168.0.1', '192.168.0.1', 'local'],
    ['2001:4860:4860:0:0:0:0:8888', '2001:4860:4860::8888'],
    [`${'a'.repeat(63)}.${'b'.repeat(63)}.example.com`, 'example.com'],
    [`${'a'.repeat(240)}.example.com`, 'example.com'],
    ['a'.repeat(256), null],
  ];
  for (const [text, site, scope = 'public'] of table) {
    const host = parseHost(text);
    t.same(host === null ? null : siteOf(host), site === null ? null : { name: site, local: scope === 'local' }, text);
    if (host !== null) t.equal(isLocalHost(host), scope === 'local', text);
  }
});

t.test('an isolated site is none that a host could have', async (t) => {
  const name = isolatedSite('example.com', 'work');
  t.not(name, isolatedSite('example.com', 'home'));
  t.equal(parseHost(name), null);
});
