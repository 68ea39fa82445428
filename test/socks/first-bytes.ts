import t from 'tap';
import { beginsRequest } from '../../socks/first-bytes.ts';

const HELLO = Uint8Array.of(0x16, 3, 1, 0x02, 0x00, 1, 0, 1, 0xfc, 3, 3);
const text = (line: string): Uint8Array => Buffer.from(line, 'latin1');

t.test('requests, and every beginning of them', async (t) => {
  for (const [bytes, decidedAt] of [
    [HELLO, 6],
    [Uint8Array.of(0x16, 3, 3, 0, 50, 1), 6],
    [text('GET / HTTP/1.1\r\n'), 4],
    [text('POST /form HTTP/1.1\r\n'), 5],
    [text('PUT /x HTTP/1.1\r\n'), 4],
    [text('PATCH /x HTTP/1.1\r\n'), 6],
    [text('HEAD / HTTP/1.0\r\n'), 5],
    [text('DELETE / HTTP/1.0\r\n'), 7],
    [text('OPTIONS * HTTP/1.1\r\n'), 8],
    [text('TRACE / HTTP/1.1\r\n'), 6],
    [text('PRI * HTTP/2.0\r\n\r\nSM'), 16],
  ] as const) {
    for (let length = 0; length <= bytes.length; length++) {
      t.equal(beginsRequest(bytes.subarray(0, length)), length < decidedAt ? null : true, `${length} bytes`);
    }
  }
});

t.test('everything else', async (t) => {
  for (const bytes of [
    text('SSH-2.0-OpenSSH\r\n'),
    text('EHLO there\r\n'),
    text('F'),
    text('get / HTTP/1.1\r\n'),
    text('GETX'),
    text('PRI * HTTP/1'),
    Uint8Array.of(0x15, 3, 1, 0, 2, 1),
    Uint8Array.of(0x16, 2),
    Uint8Array.of(0x16, 3, 4),
    Uint8Array.of(0x16, 3, 0),
    Uint8Array.of(0x16, 3, 1, 0, 50, 2),
    Uint8Array.of(0),
  ]) {
    t.equal(beginsRequest(bytes), false, Buffer.from(bytes).toString('latin1'));
  }
});
