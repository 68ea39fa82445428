import t from 'tap';
import type { Link } from '../mesh/link.ts';
import { POISON } from './fixtures/sim/poison.ts';
import type { SimHost } from './fixtures/sim/sim-host.ts';
import type { SimLinkHandler } from './fixtures/sim/sim-link-handler.ts';
import type { SimLinkOptions } from './fixtures/sim/sim-link-options.ts';
import { SimNetwork } from './fixtures/sim/sim-network.ts';
import type { SimStreamLink, SimStreamOptions } from './fixtures/sim/sim-stream-link.ts';
import type { SimStreamListener } from './fixtures/sim/sim-stream-listener.ts';

/** Two hosts, a listener that keeps its links, a connection, and a log of what both sides are told. */
interface Pair {
  readonly network: SimNetwork;
  readonly client: SimHost;
  readonly server: SimHost;
  readonly listener: SimStreamListener;
  readonly near: SimStreamLink;
  readonly accepted: SimStreamLink[];
  readonly log: string[];
  readonly received: number[];
}

function makePair(link: Partial<SimLinkOptions> = {}, options: Partial<SimStreamOptions> = {}): Pair {
  const network = new SimNetwork({ seed: 1, link });
  const [client, server] = [network.addHost('client'), network.addHost('server')];
  const log: string[] = [];
  const received: number[] = [];
  const accepted: SimStreamLink[] = [];
  const handle = (name: string): SimLinkHandler => ({
    received: (_link, bytes) => received.push(...bytes),
    writable: () => log.push(`${name} writable at ${network.nowMs}`),
    closed: (_link, code) => log.push(`${name} ${code} at ${network.nowMs}`),
  });
  const listener = server.listenStreams(443, handle('server'), options);
  listener.onAccept = (accept) => {
    accept.keep();
    accepted.push(accept);
  };
  const near = client.dialStream(network.address(server.ip, 443), handle('client'), options);
  return { network, client, server, listener, near, accepted, log, received };
}

function sendBytes(link: Link, bytes: ArrayLike<number>, messageBytes = bytes.length): void {
  const buffer = link.takeBuffer(bytes.length);
  buffer.set(bytes);
  link.send(buffer, bytes.length, messageBytes);
}

function counting(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (from + index) & 255);
}

t.test('connects in a round trip, and what was sent meanwhile follows', (t) => {
  const { network, near, accepted, log, received, server } = makePair({ delayMs: 20 });
  t.match(near, { remote: `tcp://${server.ip}:443`, reliable: true, maxMessageBytes: 65_536, writable: false });
  sendBytes(near, [1, 2, 3]);
  sendBytes(near, [4]);
  t.equal(network.run({ untilTrue: () => received.length > 0 }), 'true');
  t.equal(network.nowMs, 60);
  network.run();
  t.same(received, [1, 2, 3, 4]);
  t.same(log, ['client writable at 40']);
  t.equal(near.writable, true);
  t.equal(accepted[0]!.remote, `tcp://10.0.0.1:49152`);
  sendBytes(accepted[0]!, [9]);
  network.run();
  t.equal(received.at(-1), 9, 'and the other way');
  t.end();
});

t.test('everything arrives in order under rate, loss, jitter, outages, and datagrams beside it', (t) => {
  const outages = [{ fromMs: 300, untilMs: 700 }];
  const { network, near, received, server, client } = makePair(
    { rateMbps: 8, lossRate: 0.05, jitterMs: 10, reorderRate: 0.1, duplicateRate: 0.1, corruptRate: 0.1, outages },
    { sendBufferBytes: 100_000 },
  );
  const socket = client.udp();
  const random = network.random.fork('lengths');
  const expected: number[] = [];
  for (let count = 0; count < 150; count++) {
    network.queue.at(count * 10, () => {
      const bytes = counting(expected.length, random.integer(1, 40_000));
      expected.push(...bytes);
      sendBytes(near, bytes, random.integer(1000, 65_536));
      socket.send(network.address(server.ip, 1), new Uint8Array(1000));
    });
  }
  network.queue.at(1000, () => network.setUp(client, server, false));
  network.queue.at(1500, () => network.setUp(client, server, true));
  network.run({ untilMs: 299 });
  const before = received.length;
  t.ok(before > 0);
  network.run({ untilMs: 699 });
  const during = received.length;
  network.run({ untilMs: 699.9 });
  t.equal(received.length, during, 'it stands still in the outage');
  network.run();
  t.equal(received.length, expected.length);
  t.equal(Buffer.compare(Buffer.from(received), Buffer.from(expected)), 0);
  t.end();
});

t.test('takes exactly the rate', (t) => {
  const { network, near, received } = makePair({ delayMs: 0, rateMbps: 8 });
  network.run();
  const startMs = network.nowMs;
  // 1,000,000 bytes at 8 Mbit/s.
  for (let count = 0; count < 20; count++) sendBytes(near, new Uint8Array(50_000));
  network.run();
  t.equal(received.length, 1_000_000);
  t.ok(Math.abs(network.nowMs - startMs - 1000) < 1e-6, `${network.nowMs - startMs} ms`);
  t.end();
});

t.test('says when its buffer is full and when there is room again', (t) => {
  const { network, near, log } = makePair({ delayMs: 10, rateMbps: 8 }, { sendBufferBytes: 10_000 });
  network.run();
  log.length = 0;
  let sent = 0;
  while (near.writable) {
    sendBytes(near, new Uint8Array(1000));
    sent++;
  }
  t.equal(sent, 10);
  const startMs = network.nowMs;
  network.run();
  t.equal(log.length, 1);
  const wokenMs = Number(log[0]!.replace('client writable at ', ''));
  t.ok(Math.abs(wokenMs - startMs - 15) < 1e-6, 'as half of it has arrived: 5 ms of rate and the flight');
  t.equal(near.outstandingBytes, 0);
  sendBytes(near, new Uint8Array(1000));
  network.run();
  t.equal(log.length, 1, 'and not without having been full');
  t.end();
});

t.test('close delivers what was sent and then ends; reset does not', (t) => {
  for (const how of ['close', 'reset'] as const) {
    const { network, near, accepted, log, received, listener } = makePair({ rateMbps: 8, delayMs: 10 });
    network.run();
    log.length = 0;
    for (let count = 0; count < 5; count++) sendBytes(near, new Uint8Array(10_000));
    near[how]();
    near[how]();
    near.close();
    sendBytes(near, [1]);
    t.equal(near.writable, false);
    network.run();
    if (how === 'close') t.equal(received.length, 50_000);
    else t.ok(received.length < 50_000);
    t.equal(log.length, 1);
    t.match(log[0], how === 'close' ? /^server ended/ : /^server reset/);
    t.equal(accepted[0]!.isOpen, false);
    t.equal(listener.provisionalLinks, 0);
  }
  t.end();
});

t.test('a side that still sends to one that has closed is told once', (t) => {
  const { network, near, accepted, log } = makePair();
  network.run();
  log.length = 0;
  sendBytes(accepted[0]!, [1]);
  near.close();
  sendBytes(accepted[0]!, [2]);
  network.run();
  t.equal(log.length, 1);
  t.match(log[0], /^server ended/);
  t.end();
});

t.test('a closed port refuses, a silent host and nobody time out', (t) => {
  const network = new SimNetwork({ seed: 1, link: { delayMs: 10 } });
  const [client, server] = [network.addHost('client'), network.addHost('server')];
  const log: string[] = [];
  const handler: SimLinkHandler = {
    received: () => {},
    writable: () => log.push('writable'),
    closed: (_link, code) => log.push(`${code} at ${network.nowMs}`),
  };
  const dial = (ip: string): string[] => {
    const startMs = network.nowMs;
    const link = client.dialStream(network.address(ip, 443), handler, { connectTimeoutMs: 3000 });
    sendBytes(link, [1]);
    network.run();
    t.equal(link.isOpen, false);
    return log.splice(0).map((line) => line.replace(String(network.nowMs), `+${network.nowMs - startMs}`));
  };
  t.same(dial(server.ip), ['refused at +20']);
  server.refusesClosedPorts = false;
  t.same(dial(server.ip), ['timed-out at +3000']);
  server.kill('silently');
  t.same(dial(server.ip), ['timed-out at +3000']);
  t.same(dial('192.0.2.1'), ['timed-out at +3000']);
  const given = client.dialStream(network.address(server.ip, 443), handler);
  given.close();
  network.run();
  t.same(log, [], 'nothing is said of a dial that was given up');
  t.end();
});

t.test('a silent death shows as a full buffer only, until the host is back and resets', (t) => {
  const { network, near, server, log } = makePair({ delayMs: 10 }, { sendBufferBytes: 5000 });
  network.run();
  log.length = 0;
  server.kill('silently');
  for (let count = 0; count < 5; count++) sendBytes(near, new Uint8Array(1000));
  network.run({ untilMs: 60_000 });
  t.same(log, []);
  t.equal(near.writable, false);
  server.restart();
  sendBytes(near, [1]);
  network.run();
  t.same(log, ['client reset at 60020']);
  t.end();
});

t.test('a process that dies resets its connections', (t) => {
  const { network, server, log, listener, client } = makePair({ delayMs: 10 });
  network.run();
  log.length = 0;
  server.kill('refusing');
  network.run();
  t.same(log, ['client reset at 30']);
  listener.close();
  server.listenStreams(443, { received: () => {}, writable: () => {}, closed: () => {} });
  client.dialStream(network.address(server.ip, 443), {
    received: () => {},
    writable: () => log.push('again'),
    closed: () => {},
  });
  network.run();
  t.equal(log.at(-1), 'again');
  t.end();
});

t.test('after a change of address what the mover sends is reset, and it hears nothing', (t) => {
  const { network, client, near, accepted, log, received } = makePair({ delayMs: 10 });
  network.run();
  log.length = 0;
  sendBytes(near, [1]);
  client.changeAddress('198.51.100.7');
  sendBytes(accepted[0]!, [2]);
  network.run();
  t.same(received, [1], 'what had left arrives');
  t.same(log, []);
  const startMs = network.nowMs;
  sendBytes(near, [3]);
  network.run();
  t.same(log, [`client reset at ${startMs + 20}`]);
  t.same(received, [1]);
  t.equal(accepted[0]!.isOpen, true, 'the other side never learns');
  t.end();
});

t.test('a listener forgets links that were not kept, and only those', (t) => {
  const { network, listener, log, accepted, client, server } = makePair();
  network.run();
  listener.onAccept = () => {};
  const other = client.dialStream(network.address(server.ip, 443), {
    received: () => {},
    writable: () => {},
    closed: (_link, code) => log.push(`other ${code}`),
  });
  network.run();
  t.equal(listener.provisionalLinks, 1);
  log.length = 0;
  listener.forgetProvisional();
  network.run();
  t.same(log, ['other ended']);
  t.equal(other.isOpen, false);
  t.equal(accepted[0]!.isOpen, true);
  listener.close();
  network.run();
  t.match(log.at(-1), /^client ended/);
  t.equal(accepted[0]!.isOpen, false);
  t.end();
});

t.test('buffers are poisoned after use on both sides', (t) => {
  const network = new SimNetwork({ seed: 1 });
  const [client, server] = [network.addHost('client'), network.addHost('server')];
  const kept: Uint8Array[] = [];
  server.listenStreams(1, { received: (_link, bytes) => kept.push(bytes), writable: () => {}, closed: () => {} });
  const link = client.dialStream(network.address(server.ip, 1), { received() {}, writable() {}, closed() {} });
  const buffer = link.takeBuffer(100_000);
  buffer.fill(5);
  link.send(buffer, 100_000, 50_000);
  t.ok(buffer.every((byte) => byte === POISON));
  network.run();
  t.equal(kept.length, 1);
  t.equal(kept[0]!.length, 100_000);
  t.ok(kept[0]!.every((byte) => byte === POISON));
  t.throws(() => link.send(buffer, 1, 1), { code: 'buffer-misuse' });
  const next = link.takeBuffer(100_000);
  t.throws(() => link.send(next, 100_000, 65_537), { code: 'buffer-misuse' });
  t.end();
});
