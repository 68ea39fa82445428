import t from 'tap';
import type { Link } from '../mesh/link.ts';
import { POISON } from './fixtures/sim/poison.ts';
import type { SimHost } from './fixtures/sim/sim-host.ts';
import type { SimLinkHandler } from './fixtures/sim/sim-link-handler.ts';
import { SimNetwork } from './fixtures/sim/sim-network.ts';

interface Pair {
  readonly network: SimNetwork;
  readonly client: SimHost;
  readonly server: SimHost;
}

function makePair(): Pair {
  const network = new SimNetwork({ seed: 1 });
  return { network, client: network.addHost('client'), server: network.addHost('server') };
}

function handle(parts: Partial<SimLinkHandler>): SimLinkHandler {
  return { received: () => {}, writable: () => {}, closed: () => {}, ...parts };
}

function sendBytes(link: Link, bytes: readonly number[], messageBytes = bytes.length): void {
  const buffer = link.takeBuffer(bytes.length);
  buffer.set(bytes);
  link.send(buffer, bytes.length, messageBytes);
}

t.test('a batch arrives as its messages, each a datagram', (t) => {
  const { network, client, server } = makePair();
  const got: string[] = [];
  const port = server.datagramPort(handle({ received: (_link, bytes) => got.push(bytes.join()) }), { port: 4840 });
  const link = client.datagramPort(handle({})).dial(port.address);
  t.match(link, { remote: `udp://${server.ip}:4840`, reliable: false, maxMessageBytes: 1232, writable: true });
  sendBytes(link, [1, 2, 3, 4, 5, 6, 7, 8], 3);
  network.run();
  t.same(got, ['1,2,3', '4,5,6', '7,8']);
  t.equal(network.link(client, server).counters.sent, 3);
  t.end();
});

t.test('an unknown source gets a provisional link that is forgotten unless kept', (t) => {
  const { network, client, server } = makePair();
  const seen: Link[] = [];
  let keeps = false;
  const port = server.datagramPort(
    handle({
      received: (link, bytes) => {
        seen.push(link);
        if (keeps) link.keep();
        sendBytes(link, [...bytes, 99]);
      },
    }),
    { port: 4840 },
  );
  const answers: string[] = [];
  const link = client
    .datagramPort(handle({ received: (_link, bytes) => answers.push(bytes.join()) }))
    .dial(port.address);
  for (const number of [1, 2, 3, 4]) {
    keeps = number === 3;
    sendBytes(link, [number]);
    network.run();
  }
  t.same(answers, ['1,99', '2,99', '3,99', '4,99'], 'a provisional link can answer');
  t.equal(new Set(seen).size, 3);
  t.equal(seen[2], seen[3], 'the kept one stays');
  t.same(port.links, [seen[2]]);
  seen[2]!.close();
  seen[2]!.close();
  seen[2]!.keep();
  t.same(port.links, [], 'a closed one cannot be kept');
  sendBytes(link, [5]);
  network.run();
  t.not(seen[4], seen[2], 'and the next datagram is from an unknown source again');
  t.end();
});

t.test('a port that accepts nobody hears only whom it dialled', (t) => {
  const { network, client, server } = makePair();
  let got = 0;
  const quiet = client.datagramPort(handle({ received: () => got++ }), { accepts: false });
  const port = server.datagramPort(handle({}), { port: 4840 });
  const link = port.dial(quiet.address);
  sendBytes(link, [1]);
  network.run();
  t.equal(got, 0);
  t.equal(quiet.dial(port.address), quiet.dial(port.address), 'one link to an address');
  sendBytes(link, [2]);
  network.run();
  t.equal(got, 1);
  t.end();
});

t.test('a refusal closes a dialled link, once, from an event of its own', (t) => {
  const { network, client, server } = makePair();
  const log: string[] = [];
  const port = client.datagramPort(handle({ closed: (link, code) => log.push(`${link.remote} ${code}`) }));
  const link = port.dial(network.address(server.ip, 9));
  sendBytes(link, [1]);
  sendBytes(link, [2]);
  t.same(log, []);
  network.run();
  t.same(log, [`udp://${server.ip}:9 refused`]);
  t.equal(link.writable, false);
  sendBytes(link, [3]);
  t.equal(network.link(client, server).counters.sent, 2, 'a closed link sends nothing');
  const other = port.dial(network.address(server.ip, 9));
  sendBytes(other, [1]);
  other.close();
  network.run();
  t.equal(log.length, 1, 'nothing is said of a link that was closed from here');
  t.end();
});

t.test('closing a port ends its links, and the far side is refused', (t) => {
  const { network, client, server } = makePair();
  const log: string[] = [];
  const port = server.datagramPort(handle({ received: (link) => link.keep(), closed: () => log.push('server') }), {
    port: 1,
  });
  const link = client.datagramPort(handle({ closed: (_link, code) => log.push(`client ${code}`) })).dial(port.address);
  sendBytes(link, [1]);
  network.run();
  port.close();
  port.close();
  t.same(port.links, []);
  sendBytes(link, [2]);
  network.run();
  t.same(log, ['client refused']);
  t.end();
});

t.test('a view of received bytes that is kept reads poison', (t) => {
  const { network, client, server } = makePair();
  const kept: Uint8Array[] = [];
  const port = server.datagramPort(handle({ received: (_link, bytes) => kept.push(bytes) }), { port: 1 });
  const link = client.datagramPort(handle({})).dial(port.address);
  for (let count = 0; count < 8; count++) sendBytes(link, [1, 2, 3]);
  network.run();
  t.equal(kept.length, 8);
  for (const view of kept) t.same([...view], [POISON, POISON, POISON]);
  t.end();
});

t.test('a lent buffer is poisoned once sent, and a late write to it is noticed', (t) => {
  const { network, client, server } = makePair();
  const link = client.datagramPort(handle({})).dial(network.address(server.ip, 1));
  const buffer = link.takeBuffer(2000);
  t.ok(buffer.length >= 2000);
  t.ok(
    buffer.every((byte) => byte === POISON),
    'what is not written shows',
  );
  buffer.fill(7);
  link.send(buffer, 1200, 1200);
  t.ok(buffer.every((byte) => byte === POISON));
  network.buffers.check();
  buffer[1999] = 1;
  t.throws(() => network.buffers.check(), { code: 'buffer-misuse', message: /offset 1999/ });
  t.throws(() => {
    for (let count = 0; count < 20; count++) sendBytes(link, [1]);
  }, /after it was sent/);
  t.end();
});

t.test('sending by other rules than the port says throws', (t) => {
  const { network, client, server } = makePair();
  const port = client.datagramPort(handle({}), { maxMessageBytes: 100 });
  const [link, other] = [port.dial(network.address(server.ip, 1)), port.dial(network.address(server.ip, 2))];
  const misuse = { code: 'buffer-misuse' };
  const buffer = link.takeBuffer(1000);
  t.throws(() => link.send(new Uint8Array(2048), 10, 10), misuse, 'a buffer that was not lent');
  t.throws(() => other.send(buffer, 10, 10), misuse, 'one lent by another link');
  t.throws(() => link.send(buffer, 0, 10), misuse);
  t.throws(() => link.send(buffer, buffer.length + 1, 10), misuse);
  t.throws(() => link.send(buffer, 200, 101), misuse, 'a message that is too long');
  t.throws(() => link.send(buffer, 10, 0), misuse);
  link.send(buffer, 250, 100);
  t.throws(() => link.send(buffer, 10, 10), misuse, 'twice');
  t.end();
});
