import t from 'tap';
import { Star } from './fixtures/emulator/star.ts';
import { writePacket } from './fixtures/emulator/write-packet.ts';

const A = '11.0.0.1';
const A2 = '11.0.0.11';
const B = '11.0.0.2';
const C = '11.0.0.3';

function make(seed = 'star'): Star {
  const star = new Star(seed, { delayMs: 5 });
  star.setHost('a', [A, A2]);
  star.setHost('b', [B]);
  star.setHost('c', [C]);
  return star;
}

/** When and where a packet of a host arrives, or null. */
function send(star: Star, host: string, from: string, to: string, nowMs = 0): { host: string; atMs: number } | null {
  const packet = writePacket({ from, to });
  const passage = star.route(host, packet, packet.length, nowMs);
  return passage === null ? null : { host: passage.host, atMs: passage.atMs };
}

t.test('a packet goes to the host that has its destination, by the link of its two addresses', async (t) => {
  const star = make();
  star.link(A, B).configure({ delayMs: 40 });
  t.same(send(star, 'a', A, B, 100), { host: 'b', atMs: 140 });
  t.same(send(star, 'b', B, A, 100), { host: 'a', atMs: 105 }, 'the way back is another link');
  t.same(send(star, 'a', A2, B, 100), { host: 'b', atMs: 105 }, 'as is one from another address');
  t.same(send(star, 'b', B, A2, 100), { host: 'a', atMs: 105 });
});

t.test('what gets nowhere', async (t) => {
  const star = make();
  t.equal(send(star, 'a', A, '11.9.9.9'), null, 'an address that nobody has');
  t.equal(send(star, 'a', B, C), null, "somebody else's source");
  t.equal(send(star, 'a', '10.0.0.1', B), null, "nobody's source");
  t.equal(send(star, 'a', A, A2), null, 'to itself');
  t.equal(send(star, 'nobody', A, B), null, 'from no host');
  star.link(A, B).up = false;
  t.equal(send(star, 'a', A, B), null, 'a cable that was pulled');
  t.same(send(star, 'b', B, A), { host: 'a', atMs: 5 }, 'in one direction');
  const [{ host, flows } = { host: '', flows: [] }] = star.traffic();
  t.equal(host, 'a');
  t.same(
    flows.map(({ source, destination }) => [source, destination]),
    [
      [A, '11.9.9.9'],
      [A, A2],
      [A, B],
      [B, C],
      ['10.0.0.1', B],
    ],
    'all of it was seen to leave',
  );
});

t.test('a host that changes its address keeps its name', async (t) => {
  const star = make();
  t.throws(() => star.setHost('a', [B]), /belongs to b/);
  t.same(send(star, 'a', A, B), { host: 'b', atMs: 5 }, 'a change that failed changed nothing');
  star.setHost('a', ['11.0.0.9']);
  t.equal(send(star, 'a', A, B), null, 'the old source');
  t.equal(send(star, 'b', B, A), null, 'the old destination');
  t.same(send(star, 'a', '11.0.0.9', B), { host: 'b', atMs: 5 });
  star.setHost('b', [A]);
  t.same(send(star, 'a', '11.0.0.9', A), { host: 'b', atMs: 5 }, 'what it left is free');
  star.removeHost('b');
  t.equal(send(star, 'a', '11.0.0.9', A), null);
  for (const text of ['', 'a', '::1']) t.throws(() => star.setHost('d', [text]), /no IPv4/);
  t.equal(star.traffic().length, 2, 'a host with broken addresses is none');
});

t.test('luck depends on the seed and the two addresses only', async (t) => {
  const fates = (star: Star, from: 'a' | 'b'): string => {
    const [source, destination] = from === 'a' ? [A, B] : [B, A];
    star.link(source, destination).configure({ lossRate: 0.5 });
    return Array.from({ length: 200 }, () => (send(star, from, source, destination) === null ? '-' : '+')).join('');
  };
  const once = fates(make('seed'), 'a');
  const busy = make('seed');
  for (let count = 0; count < 77; count++) send(busy, 'c', C, B);
  t.equal(fates(busy, 'a'), once);
  t.not(fates(make('seed'), 'b'), once);
  t.not(fates(make('other'), 'a'), once);
});

t.test('counts of links and flows', async (t) => {
  const star = make();
  star.link(A, B).configure({ lossRate: 1 });
  for (let count = 0; count < 3; count++) send(star, 'a', A, B);
  send(star, 'a', A, C);
  const tcp = writePacket({ from: A, to: C, protocol: 6, sourcePort: 40_000, destinationPort: 443, payloadBytes: 100 });
  star.route('a', tcp, tcp.length, 0);
  star.route('a', Buffer.from('6 bytes of nothing'), 6, 0);
  const byPair = star.counts().map(({ from, to, sent, sentBytes, lost }) => ({ from, to, sent, sentBytes, lost }));
  t.same(byPair, [
    { from: A, to: B, sent: 3, sentBytes: 84, lost: 3 },
    { from: A, to: C, sent: 2, sentBytes: 148, lost: 0 },
  ]);
  const udp = { source: A, protocol: 17, sourcePort: 1, destinationPort: 2 };
  const [{ flows, otherPackets } = { flows: [], otherPackets: -1 }] = star.traffic();
  t.equal(otherPackets, 1);
  t.same(flows, [
    { ...udp, destination: B, packets: 3, bytes: 84 },
    { ...udp, destination: C, packets: 1, bytes: 28 },
    { ...udp, destination: C, protocol: 6, sourcePort: 40_000, destinationPort: 443, packets: 1, bytes: 120 },
  ]);
  star.clearCounts();
  t.ok(star.counts().every(({ sent, lost }) => sent === 0 && lost === 0));
  t.ok(star.traffic().every((host) => host.flows.length === 0 && host.otherPackets === 0));
});

t.test('a host that talks to everybody does not fill the memory', async (t) => {
  const star = make();
  const packet = writePacket({ from: A, to: B });
  for (let port = 0; port < 60_000; port++) {
    packet.writeUInt16BE(port, 20);
    star.route('a', packet, packet.length, 0);
  }
  const [{ flows, otherPackets } = { flows: [], otherPackets: 0 }] = star.traffic();
  t.equal(flows.length + otherPackets, 60_000);
  t.equal(flows.length, 50_000);
});
