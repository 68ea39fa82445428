import t from 'tap';
import { detectForeign } from '../../../socks/ingress/foreign-protocol.ts';

const PROXY = { host: '127.0.0.1', port: 1080 };

t.test('HTTP and SOCKS4 are known by their first byte, and nothing else is', async (t) => {
  for (let byte = 0; byte < 256; byte++) {
    const isCapital = /^[A-Z]$/.test(String.fromCharCode(byte));
    const expected = byte === 4 ? 'socks4' : isCapital ? 'http' : null;
    t.equal(detectForeign(byte, PROXY)?.why ?? null, expected, `0x${byte.toString(16)}`);
  }
});

t.test('each is told in its own language', async (t) => {
  t.same(detectForeign(4, PROXY)?.reply, Uint8Array.of(0, 0x5b, 0, 0, 0, 0, 0, 0));
  for (const [proxy, url] of [
    [PROXY, 'socks5h://127.0.0.1:1080'],
    [{ host: '::1', port: 9 }, 'socks5h://[::1]:9'],
  ] as const) {
    const [head, body] = Buffer.from(detectForeign(0x47, proxy)!.reply).toString().split('\r\n\r\n');
    t.match(head, /^HTTP\/1\.1 501 Not Implemented\r\n/);
    t.equal(body, `this is a SOCKS5 proxy: use ${url}\n`);
    t.match(head, `Content-Length: ${body!.length}\r\n`);
  }
});
