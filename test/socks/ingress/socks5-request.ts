import fc from 'fast-check';
import t from 'tap';
import { targetText } from '../../../socks/host-text.ts';
import type { IngressEvent } from '../../../socks/ingress/ingress-protocol.ts';
import { PasswordCheck } from '../../../socks/ingress/password-check.ts';
import { Socks5Request } from '../../../socks/ingress/socks5-request.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const nameHex = (name: string): string => {
  const bytes = Buffer.from(name, 'latin1');
  return Buffer.from([bytes.length]).toString('hex') + bytes.toString('hex');
};

/** What a whole conversation comes to, as text. */
function summary(events: readonly IngressEvent[]): string {
  const words = events.map((event) => {
    switch (event.type) {
      case 'send':
        return `send ${hexOf(event.bytes)}`;
      case 'close':
        return `close ${event.why}${event.detail === undefined ? '' : ` (${event.detail})`}`;
      case 'connect':
        return `connect ${event.target.host.type} ${targetText(event.target)} first ${hexOf(event.firstBytes)}${
          event.overrides === undefined ? '' : ` ${JSON.stringify(event.overrides)}`
        }`;
    }
  });
  return words.join(', ');
}

/** Feeds pieces until the end; what comes after `connect` belongs to the stream and is added to its first bytes. */
function run(pieces: readonly Uint8Array[], password: string | null = null): string {
  const parser = new Socks5Request(password === null ? null : new PasswordCheck(password));
  const events: IngressEvent[] = [];
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (events.some((event) => event.type !== 'send')) rest.push(piece);
    else events.push(...parser.receive(piece));
  }
  return summary(
    events.map((event) =>
      event.type === 'connect' ? { ...event, firstBytes: Buffer.concat([event.firstBytes, ...rest]) } : event,
    ),
  );
}

const REFUSED = (code: string): string => `send 05${code}0001000000000000`;

const loginHex = (user: string, password: string): string => `01${nameHex(user)}${nameHex(password)}`;
const LOGGED_IN = 'send 0502, send 0100';

const CONVERSATIONS: readonly (readonly [string, string, string])[] = [
  ['IPv4', '050100 05010001 c0000201 0050', 'send 0500, connect ip 192.0.2.1:80 first '],
  ['IPv4 with data', '050100 05010001 c0000201 0050 6869', 'send 0500, connect ip 192.0.2.1:80 first 6869'],
  ['IPv6', `050100 05010004 20010db8${'00'.repeat(11)}01 01bb`, 'send 0500, connect ip [2001:db8::1]:443 first '],
  ['name', `050100 05010003 ${nameHex('Example.COM')} 01bb`, 'send 0500, connect name example.com:443 first '],
  ['final dot', `050100 05010003 ${nameHex('example.com.')} 01bb`, 'send 0500, connect name example.com:443 first '],
  ['IPv4 as a name', `050100 05010003 ${nameHex('192.0.2.7')} 0001`, 'send 0500, connect ip 192.0.2.7:1 first '],
  [
    'IPv6 as a name',
    `050100 05010003 ${nameHex('2001:db8::7')} ffff`,
    'send 0500, connect ip [2001:db8::7]:65535 first ',
  ],
  [
    'longest name',
    `050100 05010003 ${nameHex('a'.repeat(255))} 0001`,
    `send 0500, connect name ${'a'.repeat(255)}:1 first `,
  ],
  ['many methods', '0504 03018000 05010001 c0000201 0050', 'send 0500, connect ip 192.0.2.1:80 first '],
  ['reserved byte set', '050100 0501ff01 c0000201 0050', 'send 0500, connect ip 192.0.2.1:80 first '],
  ['port 0', '050100 05010001 c0000201 0000', 'send 0500, connect ip 192.0.2.1:0 first '],
  ['no methods', '0500', 'send 05ff, close no-common-method'],
  ['GSSAPI only', '050101', 'send 05ff, close no-common-method'],
  [
    'login',
    `0502 0002 ${loginHex('exit=7;site=a', 'x')} 05010001 c0000201 0050 68`,
    `${LOGGED_IN}, connect ip 192.0.2.1:80 first 68 {"exit":7,"site":"a"}`,
  ],
  [
    'login offered alone',
    `050102 ${loginHex('country=JP', '')} 05010001 c0000201 0050`,
    `${LOGGED_IN}, connect ip 192.0.2.1:80 first  {"country":"JP"}`,
  ],
  ['empty login', '050102 010000 05010001 c0000201 0050', `${LOGGED_IN}, connect ip 192.0.2.1:80 first  {}`],
  [
    'longest login',
    `050102 ${loginHex(' '.repeat(255), 'p'.repeat(255))} 05010001 c0000201 0050`,
    `${LOGGED_IN}, connect ip 192.0.2.1:80 first  {}`,
  ],
  [
    'unknown wish',
    `050102 ${loginHex('colour=red', 'hunter2')}`,
    'send 0502, send 0101, close bad-overrides (the user name holds "colour=red"; write exit=NUMBER, country=CODE or site=WORD)',
  ],
  ['login of another version', '050102 05', 'send 0502, close malformed'],
  ['BIND', '050100 05020001 c0000201 0050', `send 0500, ${REFUSED('07')}, close command-not-supported`],
  ['UDP ASSOCIATE', '050100 05030001 00000000 0000', `send 0500, ${REFUSED('07')}, close command-not-supported`],
  ['command 9', `050100 05090003 ${nameHex('a')} 0000`, `send 0500, ${REFUSED('07')}, close command-not-supported`],
  ['address type 2', '050100 05010002', `send 0500, ${REFUSED('08')}, close address-type-not-supported`],
  ['address type 0', '050100 05010000', `send 0500, ${REFUSED('08')}, close address-type-not-supported`],
  ['empty name', '050100 05010003 00 0050', `send 0500, ${REFUSED('01')}, close bad-host-name`],
  ['name with NUL', `050100 05010003 ${nameHex('a\0.com')} 0050`, `send 0500, ${REFUSED('01')}, close bad-host-name`],
  ['name with LF', `050100 05010003 ${nameHex('a\n.com')} 0050`, `send 0500, ${REFUSED('01')}, close bad-host-name`],
  ['name with space', `050100 05010003 ${nameHex('a b')} 0050`, `send 0500, ${REFUSED('01')}, close bad-host-name`],
  ['name beyond ASCII', `050100 05010003 ${nameHex('b\xfc')} 0050`, `send 0500, ${REFUSED('01')}, close bad-host-name`],
  ['127.1', `050100 05010003 ${nameHex('127.1')} 0050`, `send 0500, ${REFUSED('01')}, close bad-host-name`],
  ['SOCKS4', '0401 0050 c0000201 00', 'close malformed'],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n').toString('hex'), 'close malformed'],
  ['TLS', '160301', 'close malformed'],
  ['version changes', '050100 04', 'send 0500, close malformed'],
];

t.test('conversations, whole and one byte at a time', async (t) => {
  for (const [name, input, expected] of CONVERSATIONS) {
    const bytes = bytesOf(input);
    t.equal(run([bytes]), expected, `${name}, whole`);
    t.equal(run([...bytes].map((byte) => Uint8Array.of(byte))), expected, `${name}, byte by byte`);
  }
});

t.test('every truncation waits for more', async (t) => {
  const whole = bytesOf(`050100 05010003 ${nameHex('example.com')} 01bb`);
  for (let end = 0; end < whole.length; end++) {
    const said = run([whole.subarray(0, end)]);
    t.equal(said, end < 3 ? '' : 'send 0500', `${end} bytes`);
  }
});

t.test('how the bytes are cut makes no difference', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CONVERSATIONS),
      fc.array(fc.nat({ max: 40 }), { maxLength: 12 }),
      ([, input, expected], lengths) => {
        const bytes = bytesOf(input);
        const pieces: Uint8Array[] = [];
        let offset = 0;
        for (const length of lengths) {
          pieces.push(bytes.subarray(offset, offset + length));
          offset += length;
        }
        if (offset < bytes.length) pieces.push(bytes.subarray(offset));
        return run(pieces) === expected;
      },
    ),
    { seed: 1928 },
  );
});

t.test('noise never throws, and is decided once all three messages could be complete', async () => {
  const noise = fc.uint8Array({ minLength: 257 + 513 + 262, maxLength: 1_100 });
  fc.assert(
    fc.property(noise, fc.constantFrom([], [5, 1, 0, 5, 1, 0], [5, 1, 2, 1]), (bytes, start) => {
      bytes.set(start);
      const said = run([...bytes].map((byte) => Uint8Array.of(byte)));
      return said.includes('close') || said.includes('connect');
    }),
    { seed: 1928, numRuns: 300 },
  );
});

t.test('keeps no reference to what it was given before the end', async (t) => {
  const parser = new Socks5Request();
  const reused = new Uint8Array(1);
  const events: IngressEvent[] = [];
  for (const byte of bytesOf('050100 05010001 c0000201 0050')) {
    reused[0] = byte;
    events.push(...parser.receive(reused));
  }
  t.equal(summary(events), 'send 0500, connect ip 192.0.2.1:80 first ');
});

t.test('replies', async (t) => {
  const parser = new Socks5Request();
  t.equal(hexOf(parser.failureReply('connection-refused')), '05050001000000000000');
  const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 9) }, port: 1 } as const;
  t.equal(hexOf(parser.successReply(bound)), '05000001c00002090001');
});

t.test('a password, where one is set', async (t) => {
  const request = '05010001 c0000201 0050';
  const table: readonly (readonly [string, string, string])[] = [
    [
      'right',
      `050102 ${loginHex('exit=7', 'hunter2')} ${request}`,
      `${LOGGED_IN}, connect ip 192.0.2.1:80 first  {"exit":7}`,
    ],
    ['wrong', `050102 ${loginHex('exit=7', 'hunter3')}`, 'send 0502, send 0101, close wrong-password'],
    ['none', `050102 ${loginHex('', '')}`, 'send 0502, send 0101, close wrong-password'],
    ['wrong, and a bad wish', `050102 ${loginHex('x', 'y')}`, 'send 0502, send 0101, close wrong-password'],
    ['no login', `050100 ${request}`, 'send 05ff, close no-common-method'],
  ];
  for (const [name, input, expected] of table) {
    const bytes = bytesOf(input);
    // Refused greetings are followed by nothing: what comes later is not read.
    t.equal(run([bytes], 'hunter2'), expected, `${name}, whole`);
    t.equal(
      run(
        [...bytes].map((byte) => Uint8Array.of(byte)),
        'hunter2',
      ),
      expected,
      `${name}, byte by byte`,
    );
    for (let end = 0; end < bytes.length - 1; end++) {
      t.notMatch(run([bytes.subarray(0, end)], 'hunter2'), /connect|wrong-password/, `${name}, ${end} bytes`);
    }
  }
});
