import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { crc32 } from '../../config/crc32.ts';
import type { Endpoint } from '../../config/endpoint.ts';
import {
  formatInviteLink,
  INVITE_PREFIX,
  MAX_LINK_CHARACTERS,
  parseInviteLink,
  type InviteLink,
} from '../../config/invite-link.ts';
import { formatKeyText } from '../../config/key-text.ts';
import { parseNodeId } from '../../config/node-id.ts';

const DAMAGED = { error: 'the link is cut off or mistyped; copy it again in full' };
const INVALID = { error: 'the link is not valid; ask for a new invite' };
const NAME_OFFSET = 209;

const server: Endpoint = { transport: 'udp', host: '192.0.2.7', port: 4840 };
const INVITE: InviteLink = {
  id: parseNodeId(7)!,
  name: 'laptop',
  networkKey: new Uint8Array(32).fill(0x11),
  adminPublicKey: new Uint8Array(32).fill(0x22),
  certificate: new Uint8Array(107).fill(0x33),
  oneTimeSeed: new Uint8Array(32).fill(0x44),
  expiresSeconds: 0x6a000000,
  servers: [{ id: parseNodeId(1)!, addresses: [server] }],
};

const GOLDEN_HEX =
  `0107${'11'.repeat(32)}${'22'.repeat(32)}${'33'.repeat(107)}${'44'.repeat(32)}6a000000` +
  `066c6170746f70` + // length and name
  `01` + // one server
  `0101` + // node 1, one address
  `01c000020712e8`;

/** A link of any body with a right checksum. */
function linkOf(body: Uint8Array): string {
  const bytes = Buffer.alloc(body.length + 4);
  bytes.set(body);
  bytes.writeUInt32BE(crc32(body), body.length);
  return INVITE_PREFIX + formatKeyText(bytes);
}

function bodyOf(invite: InviteLink): Buffer {
  const bytes = Buffer.from((formatInviteLink(invite) as string).slice(INVITE_PREFIX.length), 'base64url');
  return bytes.subarray(0, bytes.length - 4);
}

t.test('the golden link in both directions', async (t) => {
  const link = linkOf(Buffer.from(GOLDEN_HEX, 'hex'));
  t.equal(formatInviteLink(INVITE), link);
  t.strictSame(parseInviteLink(link), INVITE);
  t.ok(link.length < 400, `${link.length} characters with one server`);
  const addresses = Array.from({ length: 4 }, (_, i): Endpoint => ({
    transport: 'wss',
    host: `2001:db8::${i + 1}`,
    port: 443,
  }));
  const large = formatInviteLink({ ...INVITE, name: 'x'.repeat(63), servers: [{ id: INVITE.id, addresses }] });
  t.ok(typeof large === 'string' && large.length < 600, 'a long name and four addresses stay scannable');
});

t.test('keys are copies', async (t) => {
  const parsed = parseInviteLink(formatInviteLink(INVITE) as string);
  assert.ok(!('error' in parsed));
  t.equal(parsed.networkKey.buffer.byteLength, 32, 'a view would keep and show the other secrets');
});

t.test('white space from copying does not matter', async (t) => {
  const link = formatInviteLink(INVITE) as string;
  for (const text of [
    ` ${link}\n`,
    `\r\n\t${link}`,
    link.replaceAll(/(.{70})/g, '$1\n'),
    link.replaceAll(/(.{70})/g, '$1\r\n  '),
    `\u00a0${link}`,
  ]) {
    t.strictSame(parseInviteLink(text), INVITE);
  }
});

t.test('every truncation is told as one', async (t) => {
  const link = formatInviteLink(INVITE) as string;
  for (let length = 1; length < link.length; length++) {
    if (JSON.stringify(parseInviteLink(link.slice(0, length))) !== JSON.stringify(DAMAGED))
      t.fail(`${length} characters`);
  }
  t.strictSame(parseInviteLink(`${link}A`), DAMAGED, 'too long');
});

t.test('every mistyped character is told as one', async (t) => {
  const link = formatInviteLink(INVITE) as string;
  for (let i = INVITE_PREFIX.length; i < link.length; i++) {
    for (const character of ['A', 'B', '_', '+', '.', 'é']) {
      if (link[i] === character) continue;
      const parsed = parseInviteLink(link.slice(0, i) + character + link.slice(i + 1));
      if (JSON.stringify(parsed) !== JSON.stringify(DAMAGED)) t.fail(`${character} at ${i}`);
    }
    const swapped = link.slice(0, i) + (link[i + 1] ?? '') + link[i] + link.slice(i + 2);
    if (swapped !== link && !('error' in parseInviteLink(swapped))) t.fail(`swapped at ${i}`);
  }
});

t.test('other texts', async (t) => {
  const other = { error: 'this is no invite link; one starts with uservpn://join/' };
  t.strictSame(parseInviteLink(''), { error: 'the link is missing; it starts with uservpn://join/' });
  t.strictSame(parseInviteLink(' \n'), { error: 'the link is missing; it starts with uservpn://join/' });
  for (const text of ['https://example.com/', 'uservpn://leave/AAAA', 'AAAA', 'xuservpn://join/AAAA', 'vmess://AAAA'])
    t.strictSame(parseInviteLink(text), other, text);
  for (const text of ['uservpn://join', 'uservpn://join/', 'uservpn://join/AAAA', 'uservpn://join/AAAAAAAA'])
    t.strictSame(parseInviteLink(text), DAMAGED, text);
  const long = { error: 'this is too long for an invite link' };
  t.strictSame(
    parseInviteLink(INVITE_PREFIX + 'A'.repeat(MAX_LINK_CHARACTERS - INVITE_PREFIX.length)),
    DAMAGED,
    'the longest',
  );
  t.strictSame(parseInviteLink(INVITE_PREFIX + 'A'.repeat(MAX_LINK_CHARACTERS - INVITE_PREFIX.length + 1)), long);
  t.strictSame(parseInviteLink(' '.repeat(20 << 20)), long);
});

t.test('another version is told apart from damage', async (t) => {
  const newer = { error: 'the link was made by another version of uservpn; install the newest one here' };
  for (const version of [0, 2, 255]) {
    const body = bodyOf(INVITE);
    body[0] = version;
    t.strictSame(parseInviteLink(linkOf(body)), newer, `version ${version}`);
    t.strictSame(parseInviteLink(linkOf(Uint8Array.of(version, 1, 2, 3))), newer, 'whatever follows');
    t.strictSame(parseInviteLink(linkOf(body).slice(0, -2)), DAMAGED);
  }
});

t.test('bodies with a right checksum that are wrong all the same', async (t) => {
  const changed = (change: (body: Buffer) => void) => {
    const body = bodyOf(INVITE);
    change(body);
    return parseInviteLink(linkOf(body));
  };
  t.strictSame(
    changed((body) => (body[1] = 0)),
    INVALID,
    'id 0',
  );
  t.strictSame(
    changed((body) => (body[1] = 255)),
    INVALID,
    'id 255',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET] = 0)),
    INVALID,
    'empty name',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET] = 64)),
    INVALID,
    'long name',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 1] = 0xff)),
    INVALID,
    'no UTF-8',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 1] = 0x0a)),
    INVALID,
    'control character',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 7] = 17)),
    INVALID,
    '17 servers',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 7] = 2)),
    INVALID,
    'a server missing',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 7] = 0)),
    INVALID,
    'a server left over',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 8] = 0)),
    INVALID,
    'server 0',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 9] = 0)),
    INVALID,
    'a server without address',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 9] = 9)),
    INVALID,
    'nine addresses',
  );
  t.strictSame(
    changed((body) => (body[NAME_OFFSET + 10] = 7)),
    INVALID,
    'unknown transport',
  );
  const twice = bodyOf({ ...INVITE, servers: [INVITE.servers[0]!, { id: parseNodeId(2)!, addresses: [server] }] });
  twice[NAME_OFFSET + 17] = 1;
  t.strictSame(parseInviteLink(linkOf(twice)), INVALID, 'one server twice');
  const whole = bodyOf(INVITE);
  for (let length = 1; length < whole.length; length++) {
    if (JSON.stringify(parseInviteLink(linkOf(whole.subarray(0, length)))) !== JSON.stringify(INVALID))
      t.fail(`${length} bytes`);
  }
  t.strictSame(parseInviteLink(linkOf(Buffer.concat([whole, Buffer.of(0)]))), INVALID, 'a byte left over');
});

t.test('what does not belong in a link', async (t) => {
  const refused = (change: Partial<InviteLink>, error: RegExp) => {
    const result = formatInviteLink({ ...INVITE, ...change });
    t.match(typeof result === 'string' ? result : result.error, error);
  };
  refused({ name: '' }, /^the name is empty/);
  refused({ networkKey: new Uint8Array(31) }, /wrong length/);
  refused({ certificate: new Uint8Array(204) }, /wrong length/);
  refused({ expiresSeconds: -1 }, /wrong length/);
  refused({ expiresSeconds: 2 ** 32 }, /wrong length/);
  refused({ servers: [{ id: INVITE.id, addresses: [] }] }, /1 to 8 addresses/);
  refused({ servers: [{ id: INVITE.id, addresses: Array.from({ length: 9 }, () => server) }] }, /1 to 8 addresses/);
  refused({ servers: [INVITE.servers[0]!, INVITE.servers[0]!] }, /each server once/);
  refused(
    { servers: Array.from({ length: 17 }, (_, i) => ({ id: parseNodeId(i + 1)!, addresses: [server] })) },
    /at most 16 servers/,
  );
  refused({ servers: [{ id: INVITE.id, addresses: [{ ...server, host: '0.0.0.0' }] }] }, /address of server 7/);
  const path = `/${'x'.repeat(199)}`;
  const large = Array.from({ length: 16 }, (_, i) => ({
    id: parseNodeId(i + 1)!,
    addresses: [{ ...server, transport: 'wss' as const, path }],
  }));
  refused({ servers: large }, /too long/);
  refused({ servers: large.slice(0, 12) }, /^uservpn:/);
});

t.test('property: every invite reads back, and no error shows any of it', async () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const id = fc.integer({ min: 1, max: 254 }).map((number) => parseNodeId(number)!);
  const endpoint: fc.Arbitrary<Endpoint> = fc
    .tuple(
      fc.constantFrom('udp', 'tcp', 'kcp', 'wss'),
      fc.constantFrom('192.0.2.7', '2001:db8::7', '::1'),
      fc.integer({ min: 1, max: 65_535 }),
    )
    .map(([transport, host, port]) => ({ transport, host, port }));
  const PLAIN = { noNullPrototype: true } as const;
  const invite: fc.Arbitrary<InviteLink> = fc.record(
    {
      id,
      name: fc.constantFrom('a', 'Zürich 東京', 'x'.repeat(63), '🏠'),
      networkKey: bytes(32),
      adminPublicKey: bytes(32),
      certificate: bytes(107),
      oneTimeSeed: bytes(32),
      expiresSeconds: fc.integer({ min: 0, max: 0xffff_ffff }),
      servers: fc.uniqueArray(fc.record({ id, addresses: fc.array(endpoint, { minLength: 1, maxLength: 8 }) }, PLAIN), {
        maxLength: 16,
        selector: (entry) => entry.id,
      }),
    },
    PLAIN,
  );
  fc.assert(
    fc.property(invite, fc.nat(10_000), (value, at) => {
      const link = formatInviteLink(value);
      assert.ok(typeof link === 'string');
      assert.deepEqual(parseInviteLink(link), value);
      const cut = parseInviteLink(link.slice(0, at % link.length));
      assert.ok('error' in cut && !cut.error.includes(link.slice(20, 32)));
    }),
    { seed: 11 },
  );
});
