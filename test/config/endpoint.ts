import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { formatEndpoint, parseEndpoint, TRANSPORT_NAMES, type Endpoint } from '../../config/endpoint.ts';
import { canonicalIp, isManyHostsIp, isWildcardIp } from '../../config/ip-literal.ts';

const CANONICAL: readonly (readonly [string, Endpoint])[] = [
  ['udp://192.0.2.7:4840', { transport: 'udp', host: '192.0.2.7', port: 4840 }],
  ['tcp://[::1]:4840', { transport: 'tcp', host: '::1', port: 4840 }],
  ['kcp://[2001:db8::1]:1', { transport: 'kcp', host: '2001:db8::1', port: 1 }],
  ['wss://192.0.2.7:443', { transport: 'wss', host: '192.0.2.7', port: 443 }],
  ['wss://192.0.2.7:443/chat', { transport: 'wss', host: '192.0.2.7', port: 443, path: '/chat' }],
  [
    'wss://[2001:db8::7]:443/a/b%20c;d=1?host=www.example.com',
    { transport: 'wss', host: '2001:db8::7', port: 443, path: '/a/b%20c;d=1', serverName: 'www.example.com' },
  ],
  [
    'wss://192.0.2.7:443/?host=xn--bcher-kva.example',
    { transport: 'wss', host: '192.0.2.7', port: 443, serverName: 'xn--bcher-kva.example' },
  ],
];

const NORMALISED: readonly (readonly [string, string])[] = [
  ['UDP://192.0.2.7:4840', 'udp://192.0.2.7:4840'],
  ['udp://192.0.2.7:4840/', 'udp://192.0.2.7:4840'],
  ['tcp://[0:0:0:0:0:0:0:1]:4840', 'tcp://[::1]:4840'],
  ['tcp://[2001:DB8::A]:4840', 'tcp://[2001:db8::a]:4840'],
  ['udp://[::ffff:192.0.2.7]:4840', 'udp://192.0.2.7:4840'],
  ['wss://192.0.2.7:443/', 'wss://192.0.2.7:443'],
  ['wss://192.0.2.7:443?host=WWW.Example.COM', 'wss://192.0.2.7:443/?host=www.example.com'],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ['', '"" is not an address; write TRANSPORT://IP:PORT, such as udp://192.0.2.7:4840'],
  ['192.0.2.7:4840', '"192.0.2.7:4840" is not an address; write TRANSPORT://IP:PORT, such as udp://192.0.2.7:4840'],
  [
    'udp:192.0.2.7:4840',
    '"udp:192.0.2.7:4840" is not an address; write TRANSPORT://IP:PORT, such as udp://192.0.2.7:4840',
  ],
  [
    ' udp://192.0.2.7:4840',
    '" udp://192.0.2.7:4840" is not an address; write TRANSPORT://IP:PORT, such as udp://192.0.2.7:4840',
  ],
  ['http://192.0.2.7:80', '"http://192.0.2.7:80" starts with an unknown transport; use udp, tcp, kcp or wss'],
  ['ws://192.0.2.7:80', '"ws://192.0.2.7:80" starts with an unknown transport; did you mean wss?'],
  ['upd://192.0.2.7:80', '"upd://192.0.2.7:80" starts with an unknown transport; did you mean udp?'],
  ['udp://', '"udp://" holds no IP address; write IP:PORT, such as 127.0.0.1:1080'],
  [
    'udp://example.com:1',
    '"udp://example.com:1" names a host; write its IP address, because a node never looks names up',
  ],
  ['udp://127.1:1', '"udp://127.1:1" holds no valid IP address; check its digits'],
  ['udp://192.0.2.7', '"udp://192.0.2.7" has no port; add one, such as :4840'],
  ['udp://192.0.2.7:0', '"udp://192.0.2.7:0" has port 0, which only a listener may ask for; write the real port'],
  ['udp://192.0.2.7:70000', '"udp://192.0.2.7:70000" has no valid port; use a number from 1 to 65535'],
  [
    'udp://0.0.0.0:1',
    '"udp://0.0.0.0:1" stands for every address of a machine; nobody can connect to it, so write the real one',
  ],
  [
    'udp://192.0.2.7:1/x',
    '"udp://192.0.2.7:1/x" has something after the port, which only wss:// allows; end it after the port',
  ],
  [
    'tcp://192.0.2.7:1?host=a',
    '"tcp://192.0.2.7:1?host=a" has something after the port, which only wss:// allows; end it after the port',
  ],
  ['wss://u:p@192.0.2.7:1/', '"wss://u:p@192.0.2.7:1/" holds a user name; write only the IP address and the port'],
  ['wss://192.0.2.7:1/#x', '"wss://192.0.2.7:1/#x" has a # part, which no server sees; leave it out'],
  [
    'wss://192.0.2.7:1/a b',
    '"wss://192.0.2.7:1/a b" has an invalid path; use at most 200 letters, digits, slashes and %XX',
  ],
  [
    'wss://192.0.2.7:1/%zz',
    '"wss://192.0.2.7:1/%zz" has an invalid path; use at most 200 letters, digits, slashes and %XX',
  ],
  [
    'wss://192.0.2.7:1/é',
    '"wss://192.0.2.7:1/é" has an invalid path; use at most 200 letters, digits, slashes and %XX',
  ],
  [
    'wss://192.0.2.7:1/?name=a',
    '"wss://192.0.2.7:1/?name=a" has something after the question mark other than host=NAME',
  ],
  [
    'wss://192.0.2.7:1/?host=a&b=c',
    '"wss://192.0.2.7:1/?host=a&b=c" has something after the question mark other than host=NAME',
  ],
  [
    'wss://192.0.2.7:1/?host=',
    '"wss://192.0.2.7:1/?host=" has no valid server name; write ?host=NAME, such as ?host=www.example.com',
  ],
  [
    'wss://192.0.2.7:1/?host=192.0.2.7',
    '"wss://192.0.2.7:1/?host=192.0.2.7" has no valid server name; write ?host=NAME, such as ?host=www.example.com',
  ],
  [
    'wss://192.0.2.7:1/?host=-a.com',
    '"wss://192.0.2.7:1/?host=-a.com" has no valid server name; write ?host=NAME, such as ?host=www.example.com',
  ],
  [
    'wss://192.0.2.7:1/?host=a..com',
    '"wss://192.0.2.7:1/?host=a..com" has no valid server name; write ?host=NAME, such as ?host=www.example.com',
  ],
  [
    'wss://192.0.2.7:1/?host=a%0d%0ab',
    '"wss://192.0.2.7:1/?host=a%0d%0ab" has no valid server name; write ?host=NAME, such as ?host=www.example.com',
  ],
];

t.test('canonical endpoints in both directions', async (t) => {
  for (const [text, endpoint] of CANONICAL) {
    t.strictSame(parseEndpoint(text), endpoint, text);
    t.equal(formatEndpoint(endpoint), text);
  }
});

t.test('other spellings of the same', async (t) => {
  for (const [text, canonical] of NORMALISED) {
    const endpoint = parseEndpoint(text);
    t.equal('error' in endpoint ? endpoint.error : formatEndpoint(endpoint), canonical, text);
  }
});

t.test('says what is wrong', async (t) => {
  for (const [text, error] of REFUSED) t.same(parseEndpoint(text), { error }, JSON.stringify(text));
});

t.test('port 0 and wildcards are for listening', async (t) => {
  t.same(parseEndpoint('udp://0.0.0.0:0', 'listen'), { transport: 'udp', host: '0.0.0.0', port: 0 });
  t.same(parseEndpoint('tcp://[::]:4840', 'listen'), { transport: 'tcp', host: '::', port: 4840 });
  t.match(parseEndpoint('udp://example.com:1', 'listen'), { error: /names a host/ });
});

t.test('long text is refused before it is looked at', async (t) => {
  t.match(parseEndpoint(`wss://192.0.2.7:1/${'a/'.repeat(400_000)}`), { error: /too long/ });
  t.match(parseEndpoint(`wss://192.0.2.7:1/${'a/'.repeat(100)}`), { error: /invalid path/ }, '201 characters of path');
  t.match(parseEndpoint(`wss://192.0.2.7:1/${'a/'.repeat(99)}b`), { port: 1 }, '200 characters of path');
});

t.test('property: what is written reads back', async () => {
  const host = fc
    .oneof(fc.ipV4(), fc.ipV6())
    .map((text) => canonicalIp(text)!)
    .filter((ip) => !isWildcardIp(ip) && !isManyHostsIp(ip));
  const address = { host, port: fc.integer({ min: 1, max: 65_535 }) };
  const plain = fc.record({ transport: fc.constantFrom(...TRANSPORT_NAMES), ...address }, { noNullPrototype: true });
  const path = fc.webPath().filter((text) => text.length > 1 && text.length <= 200 && text.startsWith('/'));
  const wss = fc.record(
    {
      transport: fc.constant('wss' as const),
      ...address,
      path,
      serverName: fc.domain().map((name) => name.toLowerCase()),
    },
    { requiredKeys: ['transport', 'host', 'port'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.oneof(plain, wss), (endpoint) => {
      assert.deepEqual(parseEndpoint(formatEndpoint(endpoint as Endpoint)), endpoint);
    }),
    { seed: 2 },
  );
});

t.test('property: any text gives an endpoint or a sentence, and endpoints are canonical', async () => {
  const piece = fc.constantFrom(
    'udp://',
    'wss://',
    '[',
    ']',
    ':',
    '::',
    '1',
    '192.0.2.7',
    '/',
    '?host=',
    'a',
    '%',
    '@',
    '#',
    '\n',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const endpoint = parseEndpoint(pieces.join(''), 'listen');
      if ('error' in endpoint) assert.match(endpoint.error, /^"/);
      else assert.deepEqual(parseEndpoint(formatEndpoint(endpoint), 'listen'), endpoint);
    }),
    { seed: 3, numRuns: 2_000 },
  );
});
