import { createHash } from 'node:crypto';
import t from 'tap';
import { PacketFlow } from './fixtures/sim/packet-flow.ts';
import type { SimHost } from './fixtures/sim/sim-host.ts';
import { SimNetwork } from './fixtures/sim/sim-network.ts';

function numbered(number: number, length = 100): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** Collects the numbers of the datagrams that come to port 4840 of a host. */
function collect(host: SimHost): number[] {
  const numbers: number[] = [];
  host.udp(4840).onDatagram = (_from, bytes) => numbers.push(numberOf(bytes));
  return numbers;
}

/** Everything bad at once, both ways; returns all that arrived, in order, and when. */
function trace(seed: number, extraLink = false): string {
  const flow = new PacketFlow({ capacity: 20_000 });
  const network = new SimNetwork({ seed, flow });
  const [a, b, c] = [network.addHost('a'), network.addHost('b'), network.addHost('c')];
  const vices = { lossRate: 0.05, jitterMs: 8, duplicateRate: 0.05, reorderRate: 0.05, corruptRate: 0.05, rateMbps: 5 };
  network.connect(a, b, vices);
  const digest = createHash('sha256');
  const [near, far] = [a.udp(1), b.udp(2)];
  far.onDatagram = (from, bytes) => {
    digest.update(`${network.nowMs} ${from.text} `).update(bytes);
    far.send(from, bytes);
  };
  near.onDatagram = (from, bytes) => digest.update(`${network.nowMs} ${from.text} `).update(bytes);
  const random = network.random.fork('content');
  for (let count = 0; count < 1000; count++) {
    network.queue.at(count, () => {
      const bytes = new Uint8Array(random.integer(10, 1000));
      random.fill(bytes);
      near.send(far.address, bytes);
      if (extraLink) near.send(network.address(c.ip, 9), bytes);
    });
  }
  network.run();
  return `${digest.digest('hex')}\n${extraLink ? '' : flow.draw(20_000)}`;
}

t.test('the same seed is the same run, byte by byte; another seed is another', (t) => {
  t.equal(trace(1), trace(1));
  t.not(trace(1), trace(2));
  t.equal(trace(1).slice(0, 64), trace(1, true).slice(0, 64), 'and more traffic elsewhere changes nothing here');
  t.end();
});

t.test('all arrive, in order, with the delay, from where they came', (t) => {
  const network = new SimNetwork({ seed: 1, link: { delayMs: 25 } });
  const [a, b] = [network.addHost('a'), network.addHost('b', '2001:db8::7')];
  const socket = a.udp();
  const got: string[] = [];
  b.udp(4840).onDatagram = (from, bytes) => got.push(`${numberOf(bytes)} from ${from.text} at ${network.nowMs}`);
  const to = network.address('2001:db8::7', 4840);
  t.equal(to.text, '[2001:db8::7]:4840');
  const one = numbered(1);
  socket.send(to, one);
  one.fill(0);
  socket.send(to, numbered(2, 5000));
  const within = new Uint8Array(20);
  within.set(numbered(3, 4), 9);
  socket.send(to, within, 9, 4);
  network.run();
  t.same(got, [`1 from ${a.ip}:49152 at 25`, `2 from ${a.ip}:49152 at 25`, `3 from ${a.ip}:49152 at 25`]);
  t.match(network.link(a, b).counters, { sent: 3, sentBytes: 5104, delivered: 3, deliveredBytes: 5104 });
  t.equal(network.link(b, a).counters.sent, 0);
  t.throws(() => socket.send(to, within, 9, 12), { code: 'buffer-misuse' });
  t.end();
});

t.test('order is kept without reordering and not with it', (t) => {
  for (const reorderRate of [0, 0.1]) {
    const network = new SimNetwork({ seed: 1, link: { reorderRate, jitterMs: 3 } });
    const [a, b] = [network.addHost('a'), network.addHost('b')];
    const got = collect(b);
    const socket = a.udp();
    for (let count = 0; count < 1000; count++) {
      network.queue.at(count, () => socket.send(network.address(b.ip, 4840), numbered(count)));
    }
    network.run();
    const sorted = got.toSorted((x, y) => x - y);
    t.equal(got.length, 1000);
    if (reorderRate === 0) t.same(got, sorted);
    else t.notSame(got, sorted);
    t.same(
      sorted,
      Array.from({ length: 1000 }, (_, index) => index),
    );
  }
  t.end();
});

t.test('losses, copies and corruptions are what the counters say', (t) => {
  const network = new SimNetwork({ seed: 1, link: { lossRate: 0.1, duplicateRate: 0.1, corruptRate: 0.1 } });
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  const socket = a.udp();
  let intact = 0;
  let broken = 0;
  b.udp(4840).onDatagram = (_from, bytes) => (bytes.every((byte) => byte === 0x55) ? intact++ : broken++);
  for (let count = 0; count < 10_000; count++) socket.send(network.address(b.ip, 4840), new Uint8Array(50).fill(0x55));
  network.run();
  const { sent, lost, duplicated, corrupted, delivered } = network.link(a, b).counters;
  t.equal(intact + broken, sent - lost + duplicated);
  t.equal(delivered, intact + broken);
  t.equal(broken, corrupted);
  t.ok(lost > 850 && duplicated > 750 && corrupted > 750);
  t.end();
});

t.test('a closed port refuses, unless the host does not', (t) => {
  const network = new SimNetwork({ seed: 1, link: { delayMs: 10 } });
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  const socket = a.udp();
  const refused: string[] = [];
  socket.onRefused = (to) => refused.push(`${to.text} at ${network.nowMs}`);
  socket.send(network.address(b.ip, 99), numbered(1));
  network.run();
  t.same(refused, [`${b.ip}:99 at 20`]);
  b.refusesClosedPorts = false;
  socket.send(network.address(b.ip, 99), numbered(2));
  network.run();
  b.refusesClosedPorts = true;
  socket.send(network.address('192.0.2.1', 99), numbered(3));
  network.run();
  socket.send(network.address(b.ip, 99), numbered(4));
  socket.close();
  network.run();
  t.equal(refused.length, 1, 'nor from nobody, nor to a closed socket');
  t.end();
});

t.test('a killed host is silent or refuses, and a restarted one is reached again', (t) => {
  const network = new SimNetwork({ seed: 1 });
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  const socket = a.udp();
  const log: string[] = [];
  socket.onRefused = () => log.push('refused');
  const send = (): void => {
    socket.send(network.address(b.ip, 4840), numbered(1));
    network.run();
  };
  const listen = (): void => {
    b.udp(4840).onDatagram = () => log.push('got');
  };
  listen();
  send();
  socket.send(network.address(b.ip, 4840), numbered(1));
  b.kill('silently');
  network.run();
  send();
  t.same(log, ['got'], 'what is on its way is gone too');
  t.throws(() => b.udp(1), /not up/);
  b.restart();
  send();
  t.same(log.splice(0), ['got', 'refused']);
  listen();
  t.throws(listen, /in use/);
  send();
  b.kill('refusing');
  send();
  t.same(log, ['got', 'refused']);
  listen();
  send();
  t.same(log, ['got', 'refused', 'got']);
  t.end();
});

t.test('a NAT rebind changes the source that others see; the old one is dead', (t) => {
  for (const how of ['ports', 'address'] as const) {
    const network = new SimNetwork({ seed: 1 });
    const [laptop, server] = [network.addHost('laptop', '198.51.100.1'), network.addHost('server')];
    const [near, far] = [laptop.udp(5000), server.udp(4840)];
    const sources: string[] = [];
    const answers: number[] = [];
    const refused: string[] = [];
    far.onDatagram = (from) => sources.push(from.text);
    far.onRefused = (to) => refused.push(to.text);
    near.onDatagram = (_from, bytes) => answers.push(numberOf(bytes));
    near.send(far.address, numbered(1));
    network.run();
    const old = near.address;
    far.send(old, numbered(1));
    network.run();
    far.send(old, numbered(2));
    if (how === 'ports') laptop.remapPorts();
    else laptop.changeAddress('203.0.113.9');
    far.send(old, numbered(3));
    network.run();
    near.send(far.address, numbered(2));
    network.run();
    far.send(near.address, numbered(4));
    network.run();
    t.same(answers, [1, 4], 'what was on its way to the old one is lost too');
    t.same(refused, []);
    t.same(sources, ['198.51.100.1:5000', how === 'ports' ? '198.51.100.1:49152' : '203.0.113.9:5000']);
    t.not(near.address, old);
  }
  t.end();
});

t.test('an outage swallows datagrams while it lasts, one way only where only one is down', (t) => {
  const network = new SimNetwork({ seed: 1, link: { delayMs: 1 } });
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  const got = collect(b);
  const back = collect(a);
  const socket = a.udp();
  const backSocket = b.udp();
  for (let count = 0; count < 100; count++) {
    network.queue.at(count, () => socket.send(network.address(b.ip, 4840), numbered(count)));
    network.queue.at(count, () => backSocket.send(network.address(a.ip, 4840), numbered(count)));
  }
  network.link(a, b).configure({ outages: [{ fromMs: 20, untilMs: 30 }] });
  network.queue.at(49.5, () => (network.link(a, b).up = false));
  network.queue.at(59.5, () => (network.link(a, b).up = true));
  network.run();
  const expected = Array.from({ length: 100 }, (_, count) => count);
  t.same(back, expected);
  t.same(
    got,
    expected.filter((count) => !((count >= 20 && count < 30) || (count >= 50 && count < 60))),
  );
  network.setUp(a, b, false);
  t.same([network.link(a, b).up, network.link(b, a).up], [false, false]);
  t.end();
});

t.test('refuses names, addresses and ports twice', (t) => {
  const network = new SimNetwork({ seed: 1 });
  const a = network.addHost('a');
  const b = network.addHost('b');
  t.throws(() => network.addHost('a'), /already/);
  t.throws(() => network.addHost('c', a.ip), /in use/);
  t.throws(() => a.changeAddress(b.ip), /in use/);
  for (const port of [0, 65_536, 1.5]) t.throws(() => network.address(a.ip, port), RangeError);
  t.equal(network.address(a.ip, 5), network.address(a.ip, 5));
  t.end();
});
