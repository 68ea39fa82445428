import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import type { Target } from '../../../mesh/session/target.ts';
import { ExitDialer } from '../../../socks/egress/exit-dialer.ts';
import type { DialOutcome, ExitDialerOptions } from '../../../socks/egress/exit-dialer.ts';
import type { Resolution } from '../../../socks/egress/egress-resolver.ts';
import { addressBytes, addressText, hostText } from '../../../socks/host-text.ts';
import { VirtualScheduler, settled } from '../fixtures/schedulers.ts';
import { closedPort, digestUntilEnd, listen, pattern, portOf, sha256, textUntilEnd } from '../fixtures/sockets.ts';

/** A dialer with the test's clock, resolver and policy; loopback is allowed unless told otherwise. */
function setup(answers: Readonly<Record<string, readonly string[]>> = {}, options: Partial<ExitDialerOptions> = {}) {
  const scheduler = new VirtualScheduler();
  const checked: string[] = [];
  const state = { cancelledLookups: 0 };
  const dialer = new ExitDialer({
    scheduler,
    check: (address, port) => {
      checked.push(`${addressText(address)} ${port}`);
      return null;
    },
    resolver: {
      resolve(name: string, done: (resolution: Resolution) => void) {
        const found = answers[name];
        if (found !== undefined && found.length > 0) {
          const addresses = found.map((text) => addressBytes(text)!);
          queueMicrotask(() => done({ type: 'resolved', addresses }));
        } else if (found === undefined) queueMicrotask(() => done({ type: 'refused', reason: 'no-such-host' }));
        // An empty list never answers.
        return () => state.cancelledLookups++;
      },
    },
    ...options,
  });
  const dial = (target: Target): Promise<DialOutcome> => new Promise((resolve) => dialer.dial(target, resolve));
  return { scheduler, checked, state, dialer, dial };
}

const name = (text: string, port: number): Target => ({ host: { type: 'name', name: text }, port });
const ip = (text: string, port: number): Target => ({ host: { type: 'ip', bytes: addressBytes(text)! }, port });

/** The connection, or an error that says why there is none. */
function connected(outcome: DialOutcome): Extract<DialOutcome, { readonly type: 'connected' }> {
  if (outcome.type === 'connected') return outcome;
  throw new Error(`not connected: ${outcome.type === 'refused' ? outcome.reason : outcome.type}`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

t.test('an address, and what the site said first', async (t) => {
  const site = await listen((socket) => socket.end('hello'));
  const { dial, scheduler, checked } = setup();
  const { socket, bound, connectMs, destination } = connected(await dial(ip('127.0.0.1', site.port)));
  t.equal(hostText(bound.host), '127.0.0.1');
  t.equal(bound.port, socket.localPort);
  t.equal(connectMs, 0, 'this clock stands still');
  t.same(destination, { address: Uint8Array.of(127, 0, 0, 1), country: null, position: null });
  t.same(checked, [`127.0.0.1 ${site.port}`]);
  t.equal(scheduler.armed, 0);
  for (const event of ['connect', 'error']) t.equal(socket.listenerCount(event), 0, event);
  await settled();
  t.equal(await textUntilEnd(socket), 'hello');
  t.notOk(socket.destroyed, 'half-open');
  socket.end();
  site.server.close();
});

t.test('nothing of what the site said is lost before somebody listens, nor after', async (t) => {
  const sent = pattern(3_000_000, 5);
  const site = await listen((socket) => socket.end(sent));
  const { dial } = setup();
  const { socket } = connected(await dial(ip('127.0.0.1', site.port)));
  await settled();
  t.equal(socket.bytesRead, 0, 'unread');
  const digest = digestUntilEnd(socket);
  socket.once('data', () => {
    socket.pause();
    setImmediate(() => socket.resume());
  });
  t.same(await digest, { hex: sha256(sent), bytes: sent.length });
  socket.end();
  site.server.close();
});

t.test('what this exit knows of the address that it connected to', async (t) => {
  const site = await listen((socket) => socket.end());
  const position = { latitude: 52.52, longitude: 13.4 };
  const { dial } = setup(
    { two: ['127.0.0.2', '127.0.0.1'] },
    {
      locate: (address) => (address[3] === 1 ? { country: 'DE', position } : null),
    },
  );
  const { socket, destination } = connected(await dial(name('two', site.port)));
  t.same(destination, { address: Uint8Array.of(127, 0, 0, 1), country: 'DE', position });
  socket.destroy();
  site.server.close();
});

t.test('port 0 asks where a host is, within the policy, and connects to nothing', async (t) => {
  const { dial, scheduler } = setup(
    { mixed: ['10.0.0.1', '2001:db8::1', '192.0.2.9'], refused: ['10.0.0.1'] },
    {
      check: (address) => (address[0] === 10 ? 'private' : null),
      locate: () => ({ country: 'DE', position: null }),
    },
  );
  const destination = { address: Uint8Array.of(192, 0, 2, 9), country: 'DE', position: null };
  t.same(await dial(name('mixed', 0)), { type: 'located', lookupMs: 0, destination });
  t.same(await dial(name('refused', 0)), { type: 'refused', reason: 'not-allowed' });
  t.same(await dial(name('absent', 0)), { type: 'refused', reason: 'no-such-host' });
  t.equal(scheduler.armed, 0);
});

t.test('names in other spellings and mapped addresses', async (t) => {
  const site = await listen((socket) => socket.end());
  const { dial, checked } = setup({ 'site.example': ['::ffff:127.0.0.1'] });
  const targets = [
    ip('::ffff:127.0.0.1', site.port),
    name('127.0.0.1', site.port),
    name('::ffff:127.0.0.1', site.port),
    name('SITE.example.', site.port),
  ];
  for (const target of targets) {
    connected(await dial(target)).socket.destroy();
  }
  t.same(new Set(checked), new Set([`127.0.0.1 ${site.port}`]));
  site.server.close();
});

t.test('what getaddrinfo would take for an address is not even looked up', async (t) => {
  const { dial, checked } = setup();
  for (const text of ['127.1', '0177.0.0.1', '2130706433', '0x7f.1', '::1%lo', '', 'a b', 'a\0b']) {
    t.same(await dial(name(text, 80)), { type: 'refused', reason: 'not-allowed' }, JSON.stringify(text));
  }
  t.same(checked, []);
});

t.test('only allowed addresses are tried', async (t) => {
  const site = await listen((socket) => socket.end());
  const { dial } = setup(
    { mixed: ['10.0.0.1', '127.0.0.1'], refused: ['10.0.0.1', '10.0.0.2'] },
    { check: (address) => (address[0] === 10 ? 'private' : null) },
  );
  connected(await dial(name('mixed', site.port))).socket.destroy();
  t.same(await dial(name('refused', site.port)), { type: 'refused', reason: 'not-allowed' });
  t.same(await dial(ip('10.0.0.1', site.port)), { type: 'refused', reason: 'not-allowed' });
  site.server.close();
});

t.test('the next address after a failure, and the reason where all fail', async (t) => {
  const site = await listen((socket) => socket.end());
  const { dial, scheduler } = setup({ two: ['127.0.0.2', '127.0.0.1'] });
  const { socket } = connected(await dial(name('two', site.port)));
  t.equal(socket.remoteAddress, '127.0.0.1', 'the site listens there only');
  socket.destroy();
  t.same(await dial(name('two', await closedPort())), { type: 'refused', reason: 'connection-refused' });
  t.same(await dial(name('nosuch.example', 80)), { type: 'refused', reason: 'no-such-host' });
  t.equal(scheduler.armed, 0);
  site.server.close();
});

t.test('the deadline, while looking up', async (t) => {
  const { dial, scheduler, state } = setup({ 'slow.example': [] });
  const outcome = dial(name('slow.example', 80));
  scheduler.advance(10_000);
  t.same(await outcome, { type: 'refused', reason: 'timed-out' });
  t.equal(state.cancelledLookups, 1);
  t.equal(scheduler.armed, 0);
});

t.test('giving up: nobody is told, no connection stays', async (t) => {
  let taken = 0;
  let closed = 0;
  const site = await listen((socket) => {
    taken++;
    socket.resume();
    socket.on('end', () => socket.end());
    socket.on('close', () => closed++);
  });
  const { dialer, scheduler } = setup();
  const outcomes: DialOutcome[] = [];
  const giveUp = dialer.dial(ip('127.0.0.1', site.port), (outcome) => outcomes.push(outcome));
  // One microtask later the socket is connecting.
  await Promise.resolve();
  giveUp();
  giveUp();
  dialer.dial(ip('127.0.0.1', site.port), (outcome) => outcomes.push(outcome))();
  t.equal(scheduler.armed, 0);
  await settled();
  await until(() => taken === closed);
  t.same(outcomes, []);
  site.server.close();
  await once(site.server, 'close');
});

t.test('the second family after 250 ms', async (t) => {
  const site = await listen((socket) => socket.end());
  const { dial, scheduler } = setup({ 'both.example': ['2001:db8::1', '127.0.0.1'] });
  const outcome = dial(name('both.example', site.port));
  await Promise.resolve();
  await Promise.resolve();
  // Whether the first fails at once or hangs depends on the machine's IPv6; the second is tried either way.
  scheduler.advance(250);
  const { socket } = connected(await outcome);
  t.equal(socket.remoteAddress, '127.0.0.1');
  t.equal(scheduler.armed, 0);
  socket.destroy();
  site.server.close();
});

t.test('IPv6', { skip: hasIPv6() ? false : 'this machine has none' }, async (t) => {
  const server = createServer((socket) => socket.end());
  server.listen(0, '::1');
  await once(server, 'listening');
  const { dial } = setup();
  const { socket, bound } = connected(await dial(ip('::1', portOf(server))));
  t.equal(hostText(bound.host), '::1');
  socket.destroy();
  server.close();
});

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
}
