import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { createConnection, createServer, Socket } from 'node:net';
import { isIPv6 } from 'node:net';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { LinuxSocketOptions } from '../../../node/socket-options/linux-socket-options.ts';
import type { LibcSockets } from '../../../node/socket-options/libc-sockets.ts';
import { loadSocketOptions } from '../../../node/socket-options/load-socket-options.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';

const options = await loadSocketOptions();
const hosts = hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

/** The C library's calls, noted instead of made. */
function notedLibc(roundTripUs: number | null = null): { libc: LibcSockets; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const libc: LibcSockets = {
    socket: (...call) => calls.push(['socket', ...call]),
    bind: (...call) => calls.push(['bind', call[0]]),
    setsockopt: (descriptor, level, option, value) =>
      calls.push(['setsockopt', level, option, Buffer.from(value).toString('hex'), descriptor]),
    getsockopt: (descriptor, level, option, value, valueBytes) => {
      if (roundTripUs === null) return -1;
      t.strictSame([level, option, valueBytes.join()], [6, 11, '72,0,0,0'], `asked of ${descriptor}`);
      new DataView(value.buffer).setUint32(68, roundTripUs, true);
      return 0;
    },
    sendmsg: (...call) => calls.push(['sendmsg', call[0]]),
    errno: () => 11,
    address: () => 4_096n,
  };
  return { libc, calls };
}

async function bound(host: string): Promise<DatagramSocket> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

/** A TCP connection on loopback. */
async function connected(t: Test): Promise<Socket> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  t.teardown(() => {
    socket.destroy();
    server.close();
  });
  return socket;
}

async function collect(socket: DatagramSocket, bytes: number): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  for (let count = 0; count < bytes; count += messages.at(-1)!.length)
    messages.push((await once(socket, 'message'))[0]);
  return messages;
}

t.test('a datagram socket is told never to fragment, and to receive batches', async (t) => {
  const { libc, calls } = notedLibc();
  new LinuxSocketOptions(libc).openDatagrams('::', 0, false);
  const set = calls.filter(([name]) => name === 'setsockopt').map((call) => call.slice(1, 4));
  t.strictSame(set, [
    [41, 26, '00000000'],
    [41, 23, '03000000'],
    [0, 10, '03000000'],
    [17, 104, '01000000'],
  ]);
});

t.test('a port is shared where that is asked for', async (t) => {
  const { libc, calls } = notedLibc();
  new LinuxSocketOptions(libc).openDatagrams('0.0.0.0', 5, true);
  const isSharing = ([name, level, option]: readonly unknown[]): boolean =>
    name === 'setsockopt' && level === 1 && option === 2;
  const bound = calls.findIndex(([name]) => name === 'bind');
  t.ok(calls.slice(0, bound).some(isSharing) && calls.slice(bound).some(isSharing));
  calls.length = 0;
  new LinuxSocketOptions(libc).openDatagrams('0.0.0.0', 0, true);
  t.ok(calls.findIndex(isSharing) > calls.findIndex(([name]) => name === 'bind'), 'the system chooses one of its own');
});

t.test('a send that failed for no reason told, or was interrupted, is made again', async (t) => {
  for (const [errno, name] of [
    [0, 'EAGAIN'],
    [4, 'EAGAIN'],
    [90, 'EMSGSIZE'],
  ] as const) {
    const { libc } = notedLibc();
    const linux = new LinuxSocketOptions({ ...libc, sendmsg: () => -1, errno: () => errno });
    t.equal(linux.sendSegments(5, null, new Uint8Array(100), 0, 100, 100), name);
  }
});

t.test('an address that is none is refused', async (t) => {
  const { libc, calls } = notedLibc();
  const linux = new LinuxSocketOptions(libc);
  t.throws(() => linux.openDatagrams('localhost', 0, false), { code: 'EAFNOSUPPORT' });
  const zoned = { address: 'fe80::1%eth0', port: 1 };
  t.equal(linux.sendSegments(5, zoned, new Uint8Array(100), 0, 100, 100), 'EAGAIN', 'left to node:dgram');
  t.strictSame(calls, []);
});

t.test('a TCP socket without a descriptor is left alone', async (t) => {
  const { libc, calls } = notedLibc();
  new LinuxSocketOptions(libc).tuneStream(new Socket());
  t.strictSame(calls, []);
});

for (const [roundTripUs, isLong] of [
  [null, true],
  [2_000, true],
  [1_999, false],
] as const) {
  t.test(
    `a connected TCP socket queues little; round trip of ${roundTripUs} us: ${isLong ? '' : 'no '}BBR`,
    async (t) => {
      const { libc, calls } = notedLibc(roundTripUs);
      const socket = await connected(t);
      new LinuxSocketOptions(libc).tuneStream(socket);
      if (process.platform === 'win32') return t.comment('sockets have no descriptors here');
      const bbr = ['setsockopt', 6, 13, Buffer.from('bbr').toString('hex')];
      t.strictSame(
        calls.map((call) => call.slice(0, 4)),
        [...(isLong ? [bbr] : []), ['setsockopt', 6, 25, '00000200']],
      );
    },
  );
}

t.test(
  'the system tells the round trip where it was taken from',
  { skip: options === null && 'no koffi' },
  async (t) => {
    const socket = await connected(t);
    options!.tuneStream(socket);
    t.notOk(socket.destroyed);
  },
);

for (const host of options === null ? [] : hosts) {
  t.test(`a batch arrives on ${host} as its datagrams`, async (t) => {
    const receiver = await bound(host);
    const { port } = receiver.address();
    const descriptor = options!.openDatagrams(host, 0, false);
    const content = Uint8Array.from({ length: 5_100 }, (_, i) => (i * 7) >>> 2);
    const arrived = collect(receiver, 5_000);
    t.equal(options!.sendSegments(descriptor, { address: host, port }, content, 100, 5_000, 1_200), '');
    const messages = await arrived;
    t.strictSame(
      messages.map(({ length }) => length),
      [1_200, 1_200, 1_200, 1_200, 200],
    );
    t.strictSame(Buffer.concat(messages), Buffer.from(content.subarray(100)));
    closeSync(descriptor);
    receiver.close();
  });

  t.test(`a batch is received on ${host} as one piece`, async (t) => {
    const receiver = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    receiver.bind({ fd: options!.openDatagrams(host, 0, false) });
    const { port } = receiver.address();
    const descriptor = options!.openDatagrams(host, 0, false);
    const content = Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7) >>> 2);
    const arrived = collect(receiver, 5_000);
    options!.sendSegments(descriptor, { address: host, port }, content, 0, 5_000, 1_200);
    const messages = await arrived;
    t.strictSame(Buffer.concat(messages), Buffer.from(content));
    t.equal(messages.length, 1);
    closeSync(descriptor);
    receiver.close();
  });

  t.test(`errors on ${host} have the system's names`, async (t) => {
    const descriptor = options!.openDatagrams(host, 0, false);
    const bytes = new Uint8Array(70_000);
    t.equal(options!.sendSegments(descriptor, { address: host, port: 9 }, bytes, 0, 70_000, 70_000), 'EMSGSIZE');
    t.equal(options!.sendSegments(descriptor, null, bytes, 0, 100, 100), 'EDESTADDRREQ');
    t.not(
      options!.sendSegments(descriptor, { address: host, port: 9 }, bytes, 0, 65_000, 100),
      '',
      'too many segments',
    );
    const foreign = isIPv6(host) ? '2001:db8::1' : '192.0.2.1';
    t.throws(() => options!.openDatagrams(foreign, 0, false), { code: 'EADDRNOTAVAIL' });
    closeSync(descriptor);
  });
}

if (options === null) t.comment('no socket options on this machine: real sockets are left out');
