import assert from 'node:assert/strict';
import t from 'tap';
import { decodeEndpoint, encodeEndpoint } from '../../config/endpoint-bytes.ts';
import { formatEndpoint, parseEndpoint } from '../../config/endpoint.ts';

const VECTORS: readonly (readonly [string, string])[] = [
  ['udp://192.0.2.7:4840', '01c000020712e8'],
  ['tcp://192.0.2.7:1', '02c00002070001'],
  ['kcp://[2001:db8::7]:65535', '0b20010db8000000000000000000000007ffff'],
  ['wss://192.0.2.7:443', '04c000020701bb'],
  ['wss://192.0.2.7:443/a', '14c000020701bb022f61'],
  ['wss://192.0.2.7:443/?host=b.c', '24c000020701bb03622e63'],
  ['wss://[::1]:443/a?host=b.c', '3c0000000000000000000000000000000101bb022f6103622e63'],
];

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

t.test('vectors in both directions, and every truncation', async (t) => {
  for (const [url, hex] of VECTORS) {
    const endpoint = parseEndpoint(url);
    assert.ok(!('error' in endpoint));
    t.equal(Buffer.from(encodeEndpoint(endpoint) ?? []).toString('hex'), hex, url);
    const bytes = bytesOf(hex);
    t.strictSame(decodeEndpoint(bytes, 0), { endpoint, end: bytes.length }, hex);
    t.strictSame(decodeEndpoint(bytesOf(`ffff${hex}ffff`), 2), { endpoint, end: bytes.length + 2 }, 'amid others');
    for (let length = 0; length < bytes.length; length++)
      t.equal(decodeEndpoint(bytes.subarray(0, length), 0), null, `${length} bytes`);
  }
});

t.test('one encoding for each endpoint', async (t) => {
  const refused: readonly (readonly [string, string])[] = [
    ['00c000020712e8', 'transport 0'],
    ['05c000020712e8', 'transport 5'],
    ['41c000020712e8', 'an unknown bit'],
    ['81c000020712e8', 'an unknown bit'],
    ['01c00002070000', 'port 0'],
    ['010000000012e8', 'wildcard'],
    ['01e000000112e8', 'multicast'],
    ['0900000000000000000000ffffc000020712e8', 'IPv4 in IPv6'],
    ['11c000020712e8022f61', 'a path for udp'],
    ['21c000020712e803622e63', 'a server name for udp'],
    ['14c000020701bb00', 'an empty path'],
    ['14c000020701bb012f', 'a path that goes without saying'],
    ['14c000020701bb0161', 'a path without slash'],
    ['14c000020701bb033f613d', 'a query as path'],
    ['14c000020701bb022f0a', 'a control character'],
    ['14c000020701bb022fe9', 'no ASCII'],
    [`14c000020701bbc9${'2f'.repeat(201)}`, 'a path of 201'],
    ['24c000020701bb00', 'an empty server name'],
    ['24c000020701bb0141', 'a server name in capitals'],
    ['24c000020701bb03612662', 'a server name with &'],
    [`24c000020701bbfe${'61'.repeat(254)}`, 'a server name of 254'],
  ];
  for (const [hex, why] of refused) t.equal(decodeEndpoint(bytesOf(hex), 0), null, why);
});

t.test('only what can be dialled is encoded', async (t) => {
  const endpoint = { transport: 'udp', host: '192.0.2.7', port: 1 } as const;
  t.ok(encodeEndpoint(endpoint));
  for (const change of [
    { port: 0 },
    { port: 65_536 },
    { host: '0.0.0.0' },
    { host: 'example.com' },
    { host: '::FFFF' },
    { host: '192.0.2.07' },
    { path: '/x' },
    { serverName: 'a' },
  ]) {
    t.equal(encodeEndpoint({ ...endpoint, ...change }), null, JSON.stringify(change));
  }
  t.equal(encodeEndpoint({ transport: 'wss', host: '::1', port: 1, path: '/' }), null, formatEndpoint(endpoint));
});
