import t from 'tap';
import type { Target } from '../../../mesh/session/target.ts';
import type { ConnectOutcome } from '../../../socks/connect-outcome.ts';
import { targetText } from '../../../socks/host-text.ts';
import { IngressConnection } from '../../../socks/ingress/ingress-connection.ts';
import type { ExitOverrides } from '../../../socks/exits/overrides.ts';
import type { IngressOutcome } from '../../../socks/ingress/ingress-connection.ts';
import { PasswordCheck } from '../../../socks/ingress/password-check.ts';
import { streamPair } from '../../fixtures/stream-pair.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { VirtualScheduler, settled } from '../fixtures/schedulers.ts';
import { SocketReader, closeCode, socketPair, textUntilEnd } from '../fixtures/sockets.ts';
import { socksRequest } from '../fixtures/socks-client.ts';

const observer = { sent() {}, received() {}, ended() {} };

/** A connection whose mesh is the test itself. */
async function setup(password?: string) {
  const { here, there } = await socketPair();
  const scheduler = new VirtualScheduler();
  const asked: {
    readonly target: Target;
    readonly done: (outcome: ConnectOutcome) => void;
    readonly overrides?: ExitOverrides | undefined;
  }[] = [];
  const state = { cancelled: 0 };
  let tell: (outcome: IngressOutcome) => void = () => {};
  const closed = new Promise<IngressOutcome>((resolve) => {
    tell = resolve;
  });
  const connection = new IngressConnection(here, {
    scheduler,
    handshakeMs: 30_000,
    proxy: { host: '127.0.0.1', port: 1080 },
    ...(password === undefined ? {} : { password: new PasswordCheck(password) }),
    connect: (target, done, overrides) => {
      asked.push({ target, done, overrides });
      return () => state.cancelled++;
    },
    closed: (outcome) => tell(outcome),
  });
  return { there, scheduler, asked, state, closed, connection };
}

const { greeting, request } = socksRequest('example.com', 443);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

t.test('everything in one piece: the first bytes wait for the connection, and so does the end', async (t) => {
  const { there, asked, closed, state } = await setup();
  there.end(Buffer.concat([greeting, request, Buffer.from('first')]));
  await until(() => asked.length === 1);
  t.equal(targetText(asked[0]!.target), 'example.com:443');
  const { near, far } = streamPair({ target: asked[0]!.target, client: nodeId(1), exit: nodeId(7) });
  const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 } as const;
  asked[0]!.done({ type: 'opened', stream: near, exit: nodeId(7), bound, connectMs: 5, destination: null, observer });
  await until(() => {
    const bytes = far.read();
    if (bytes !== null) t.equal(Buffer.from(bytes).toString(), 'first');
    return far.readEnded;
  });
  far.write(Buffer.from('answer'));
  far.finish();
  t.equal(await textUntilEnd(there), '\x05\0\x05\0\0\x01\xc0\0\x02\x01\0\x09answer');
  t.match(await closed, { type: 'served', exit: 7, totals: { bytesFromSocket: 5, bytesToSocket: 6, end: 'finished' } });
  t.equal(state.cancelled, 0);
});

t.test('a failure is told before hanging up, even with bytes unread', async (t) => {
  const { there, scheduler, asked, closed } = await setup();
  there.write(Buffer.concat([greeting, request, Buffer.alloc(100_000)]));
  await until(() => asked.length === 1);
  asked[0]!.done({ type: 'failed', reason: 'connection-refused' });
  t.equal(await textUntilEnd(there), '\x05\0\x05\x05\0\x01\0\0\0\0\0\0');
  there.end();
  t.match(await closed, { type: 'failed', reason: 'connection-refused' });
  t.equal(scheduler.armed, 0);
});

t.test('a program that never hangs up is cut off in the end', async (t) => {
  const { there, scheduler, closed } = await setup();
  there.write(Uint8Array.of(0x16, 3, 1));
  t.equal(await textUntilEnd(there), '');
  scheduler.advance(1_999);
  await settled();
  t.equal(scheduler.armed, 1);
  scheduler.advance(1);
  t.same(await closed, { type: 'rejected', why: 'unknown-protocol' });
});

t.test('a program that speaks to a proxy of another kind is told in its own language', async (t) => {
  for (const [bytes, answer, why] of [
    [
      Buffer.from('CONNECT a.test:443 HTTP/1.1\r\n\r\n'),
      /^HTTP\/1\.1 501 .*use socks5h:\/\/127\.0\.0\.1:1080\n$/s,
      'http',
    ],
    [Buffer.from([4, 1, 0, 80, 192, 0, 2, 7, 0]), /^\0\x5b\0{6}$/, 'socks4'],
  ] as const) {
    const { there, closed } = await setup();
    there.write(bytes);
    t.match(await textUntilEnd(there), answer);
    there.end();
    t.same(await closed, { type: 'rejected', why });
  }
});

t.test('a program that takes too long for its request', async (t) => {
  const { there, scheduler, closed } = await setup();
  there.write(greeting);
  await new SocketReader(there).exactly(2);
  scheduler.advance(30_000);
  t.same(await closed, { type: 'silent' });
  t.equal(scheduler.armed, 0);
});

t.test('a program that ends before it asked', async (t) => {
  const { there, closed } = await setup();
  there.end(greeting);
  t.equal(await textUntilEnd(there), '\x05\0');
  t.same(await closed, { type: 'silent' });
});

t.test('a program that breaks off while the mesh connects', async (t) => {
  const { there, asked, state, closed, scheduler } = await setup();
  there.write(Buffer.concat([greeting, request]));
  await until(() => asked.length === 1);
  t.equal(scheduler.armed, 0, 'from here on the deadline is the connector');
  there.resetAndDestroy();
  t.match(await closed, { type: 'cancelled' });
  t.equal(state.cancelled, 1);
});

t.test('closing while the mesh connects, and while it serves', async (t) => {
  const early = await setup();
  early.there.write(Buffer.concat([greeting, request]));
  await until(() => early.asked.length === 1);
  early.connection.close();
  t.match(await early.closed, { type: 'cancelled' });
  early.there.destroy();
  t.equal(early.state.cancelled, 1);

  const late = await setup();
  late.there.write(Buffer.concat([greeting, request]));
  await until(() => late.asked.length === 1);
  const { near, far } = streamPair({ target: late.asked[0]!.target, client: nodeId(1), exit: nodeId(7) });
  const bound = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 } as const;
  late.asked[0]!.done({
    type: 'opened',
    stream: near,
    exit: nodeId(7),
    bound,
    connectMs: 5,
    destination: null,
    observer,
  });
  await new SocketReader(late.there).exactly(12);
  const code = closeCode(late.there);
  late.there.resume();
  late.connection.close();
  t.equal(await code, 'ECONNRESET');
  t.match(await late.closed, { type: 'served', totals: { end: 'closed-here' } });
  t.ok(far.over);
});

/** A greeting that offers a login, and the login. */
function login(user: string, password: string): Buffer {
  const part = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([5, 1, 2, 1]), part(user), part(password)]);
}

t.test('what the user name asks for is passed on', async (t) => {
  const { there, asked, closed } = await setup('hunter2');
  there.write(Buffer.concat([login('exit=7,site=work', 'hunter2'), request]));
  await until(() => asked.length === 1);
  t.strictSame(asked[0]!.overrides, { exit: 7, site: 'work' });
  asked[0]!.done({ type: 'failed', reason: 'no-exit' });
  t.equal((await textUntilEnd(there)).slice(0, 6), '\x05\x02\x01\0\x05\x03');
  there.end();
  t.match(await closed, { type: 'failed' });

  const plain = await setup();
  plain.there.write(Buffer.concat([greeting, request]));
  await until(() => plain.asked.length === 1);
  t.equal(plain.asked[0]!.overrides, undefined);
  plain.connection.close();
  await plain.closed;
  plain.there.destroy();
});

t.test('a wrong password and a bad user name are told before hanging up, and why is kept for the log', async (t) => {
  for (const [user, password, outcome] of [
    ['exit=7', 'hunter3', { type: 'rejected', why: 'wrong-password' }],
    ['exit=0', 'hunter2', { type: 'rejected', why: 'bad-overrides', detail: /"0".*1 to 254/ }],
  ] as const) {
    const { there, asked, closed } = await setup('hunter2');
    there.write(Buffer.concat([login(user, password), request]));
    t.equal(await textUntilEnd(there), '\x05\x02\x01\x01');
    there.end();
    const ended = await closed;
    t.match(ended, outcome);
    t.notMatch(JSON.stringify(ended), /hunter/);
    t.equal(asked.length, 0);
  }
});
