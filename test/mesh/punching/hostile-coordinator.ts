// What servers that lie may have a node send to whom (PUNCH, PROTOCOL section 5).
import t from 'tap';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { FakeLink } from '../peering/fixtures/fake-link.ts';
import {
  beginFrame,
  EXIT,
  HOUR_MS,
  makeBench,
  openersOf,
  OTHER_SERVER,
  OWN,
  run,
  runFrom,
  SERVER,
  TOKEN,
} from './fixtures/punch-bench.ts';

t.test('what nobody may have it do', async (t) => {
  const cases: readonly [string, (bench: ReturnType<typeof makeBench>) => void][] = [
    ['a lead that it did not ask for', ({ desk }) => desk.begin(SERVER, beginFrame('lead'), 0)],
    [
      'an old one',
      ({ desk }) => {
        desk.ask(EXIT, 0);
        desk.begin(SERVER, beginFrame('lead'), 10_001);
      },
    ],
    ['a node that is no member', ({ desk }) => desk.begin(SERVER, beginFrame('follow', { node: nodeId(200) }), 0)],
    ['itself', ({ desk }) => desk.begin(SERVER, beginFrame('follow', { node: OWN }), 0)],
    ['the server', ({ desk }) => desk.begin(SERVER, beginFrame('follow', { node: SERVER }), 0)],
    [
      'somebody who is no server',
      ({ desk, peers }) => {
        peers.set(nodeId(9), peers.get(SERVER)!);
        desk.begin(nodeId(9), beginFrame('follow'), 0);
      },
    ],
    [
      'a server that was not asked',
      ({ desk, peers }) => {
        desk.ask(EXIT, 0);
        peers.set(nodeId(3), peers.get(SERVER)!);
        desk.begin(nodeId(3), beginFrame('lead'), 0);
      },
    ],
    ['somebody without a session', ({ desk }) => desk.begin(nodeId(9), beginFrame('follow'), 0)],
    ['its own network', ({ desk }) => desk.begin(SERVER, beginFrame('follow', { host: '192.168.1.1', port: 53 }), 0)],
    ['its own machine', ({ desk }) => desk.begin(SERVER, beginFrame('follow', { host: '127.0.0.1', port: 53 }), 0)],
    [
      'a node that it has a direct link to',
      ({ desk }) => desk.begin(SERVER, beginFrame('follow', { node: OTHER_SERVER }), 0),
    ],
  ];
  for (const [why, act] of cases) {
    const bench = makeBench();
    act(bench);
    t.same(
      bench.take().filter((line) => line.startsWith('dial')),
      [],
      why,
    );
  }
  const lan = makeBench({ serverRemote: 'udp://192.168.1.5:4840' });
  lan.desk.begin(SERVER, beginFrame('follow', { host: '192.168.1.1' }), 0);
  t.same(lan.take(), ['dial 192.168.1.1:5000'], 'unless the server is in it, too');
});

t.test('four messages an address, hour and server, unless a member has proven itself there', async (t) => {
  const bench = makeBench();
  const { desk, peers } = bench;
  const openersAt = (atMs: number, node = EXIT, server = SERVER): number =>
    openersOf(runFrom(bench, atMs, beginFrame('follow', { node }), { server }));
  t.equal(openersAt(0), 3);
  t.equal(openersAt(20_000), 1);
  t.equal(openersAt(40_000), 0);
  t.equal(openersAt(60_000, nodeId(51)), 0, 'whoever is said to be there');
  t.equal(openersAt(80_000, nodeId(51), OTHER_SERVER), 3, 'another server may say what is true');
  t.equal(openersAt(HOUR_MS + 10_000), 3);
  t.equal(openersAt(HOUR_MS + 30_000), 1);
  t.equal(openersAt(3 * HOUR_MS), 3);
  desk.begin(SERVER, beginFrame('follow'), 3 * HOUR_MS + 20_000);
  bench.prove(EXIT, 'udp://9.0.0.50:5000', 3 * HOUR_MS + 19_999);
  desk.tick(3 * HOUR_MS + 30_000);
  peers.delete(EXIT);
  t.equal(openersAt(3 * HOUR_MS + 40_000), 1, 'a session that was there before shows nothing');
  desk.begin(SERVER, beginFrame('follow'), 4 * HOUR_MS + 50_000);
  bench.prove(EXIT, 'udp://9.0.0.50:5000', 4 * HOUR_MS + 51_000);
  desk.tick(4 * HOUR_MS + 60_000);
  peers.delete(EXIT);
  t.equal(openersAt(4 * HOUR_MS + 70_000), 3, 'a member has proven itself there');
  t.equal(openersAt(4 * HOUR_MS + 90_000), 3);
  t.equal(openersAt(4 * HOUR_MS + 110_000), 3);
});

t.test('the token proves nothing: the server knows it, too', async (t) => {
  const bench = makeBench();
  for (const [atMs, openers] of [
    [0, 3],
    [20_000, 1],
    [40_000, 0],
  ] as const) {
    const done = runFrom(bench, atMs, beginFrame('follow'), { ms: 5_000 });
    t.equal(openersOf(done), openers);
    t.equal(bench.desk.challenged(EXIT, new FakeLink(), TOKEN, 170, atMs + 5_000), openers > 0);
    bench.desk.tick(atMs + 10_000);
    bench.take();
  }
});

t.test(
  'a hostile server has it try 32 addresses at once, and 72 an hour, and send 24 messages to one IP',
  async (t) => {
    for (const [host, atMost] of [
      [(_second: number) => '9.0.0.50', 24],
      [(second: number) => `9.0.${second >> 8}.${second & 255}`, 128],
    ] as const) {
      const bench = makeBench();
      const done = run(bench, 0, HOUR_MS, (nowMs) => {
        const second = nowMs / 1_000;
        if (!Number.isInteger(second)) return;
        const where = { host: host(second), port: 1 + second, node: nodeId(3 + (second % 90)) };
        bench.desk.begin(SERVER, beginFrame('follow', where), nowMs);
      });
      const count = (what: string): number => done.filter((line) => line.includes(what)).length;
      t.ok(count('dial') <= 32 + 72, `${count('dial')} dials`);
      t.ok(openersOf(done) <= atMost && openersOf(done) >= Math.min(atMost, 32 + 72), `${openersOf(done)} messages`);
    }
  },
);

t.test('servers in league with each other don’t have it send one IP more than that', async (t) => {
  const bench = makeBench();
  const servers = [SERVER, OTHER_SERVER, nodeId(3)];
  bench.peers.set(nodeId(3), bench.peers.get(SERVER)!);
  const done = run(bench, 0, 2 * HOUR_MS, (nowMs) => {
    const second = nowMs / 1_000;
    if (!Number.isInteger(second)) return;
    for (const [index, server] of servers.entries()) {
      const where = { port: 1 + 3 * second + index, node: nodeId(41 + (second % 50)) };
      bench.desk.begin(server, beginFrame('follow', where), nowMs);
    }
  });
  const inHour = (hour: number): number =>
    done.filter((line) => line.includes('opener') && Math.floor(parseInt(line, 10) / HOUR_MS) === hour).length;
  t.equal(inHour(0), 32);
  t.ok(inHour(1) <= 32);
});

t.test('a server that lies does not use up what goes where another one truly sees a node', async (t) => {
  const bench = makeBench();
  let lies = 0;
  run(bench, 0, HOUR_MS / 2, (nowMs) => {
    // Of all that are behind that NAT, and of that node itself, as often as it is listened to.
    const port = lies++ % 2 === 0 ? 5_000 : 6_000 + lies;
    if (nowMs % 1_000 === 0) bench.desk.begin(OTHER_SERVER, beginFrame('follow', { node: nodeId(41), port }), nowMs);
  });
  t.equal(openersOf(runFrom(bench, HOUR_MS / 2, beginFrame('follow'))), 3);
});

t.test('a server that lies puts no end to what another one began', async (t) => {
  const bench = makeBench();
  const { desk } = bench;
  desk.ask(EXIT, 0);
  bench.take();
  const link = new FakeLink();
  const liesOf = (index: number): void =>
    desk.begin(OTHER_SERVER, beginFrame('follow', { host: `9.0.1.${index}`, token: new Uint8Array(8).fill(index) }), 0);
  liesOf(1);
  liesOf(2);
  desk.begin(SERVER, beginFrame('lead'), 0);
  t.same(bench.take(), ['dial 9.0.1.1:5000', 'dial 9.0.1.2:5000', 'dial 9.0.0.50:5000']);
  desk.linkOpened(3, link);
  for (let index = 3; index < 30; index++) liesOf(index);
  t.notOk(link.isClosed);
  bench.take();
  desk.tick(100);
  t.ok(bench.take().includes('opener 50 7'), 'it is opened');
  t.ok(desk.challenged(EXIT, link, TOKEN, 170, 200));
  t.same(bench.take(), ['greet 50 for 170'], 'and the way is taken');
});

t.test('nor by words about the same address', async (t) => {
  for (const early of [true, false]) {
    const bench = makeBench();
    const { desk } = bench;
    desk.ask(EXIT, 0);
    const link = new FakeLink();
    const lie = (byte: number): void =>
      desk.begin(OTHER_SERVER, beginFrame('follow', { token: new Uint8Array(8).fill(byte) }), 0);
    if (early) for (let byte = 10; byte < 20; byte++) lie(byte);
    desk.begin(SERVER, beginFrame('lead'), 0);
    desk.linkOpened(1, link);
    for (let byte = 20; byte < 30; byte++) lie(byte);
    // It knows its own tokens, too, and can send from anywhere.
    for (let times = 0; times < 9; times++) desk.challenged(EXIT, new FakeLink(), new Uint8Array(8).fill(29), 170, 50);
    bench.take();
    t.ok(desk.challenged(EXIT, link, TOKEN, 170, 200));
    t.same(bench.take(), ['opener 50 7'], 'had the other asked it would greet now');
    t.ok(desk.challenged(EXIT, link, TOKEN, 170, 240));
    t.same(bench.take(), ['greet 50 for 170'], 'it has not, whatever the server says');
  }
});

t.test('two attempts at one address share a link: the end of one is not that of the other', async (t) => {
  const bench = makeBench();
  const { desk } = bench;
  const link = new FakeLink();
  desk.begin(SERVER, beginFrame('follow', { node: nodeId(51) }), 0);
  desk.linkOpened(1, link);
  desk.begin(OTHER_SERVER, beginFrame('follow'), 5_000);
  desk.linkOpened(2, link);
  desk.tick(10_000);
  t.notOk(link.isClosed);
  desk.tick(15_000);
  t.ok(link.isClosed);
});

t.test('a server that was first does not use up the messages that are due to another’s word', async (t) => {
  const bench = makeBench();
  const done = run(bench, 0, 16_000, (nowMs) => {
    if (nowMs === 0) bench.desk.begin(OTHER_SERVER, beginFrame('follow', { token: new Uint8Array(8).fill(9) }), 0);
    if (nowMs === 4_800) bench.desk.begin(SERVER, beginFrame('follow'), nowMs);
  });
  t.same(
    done.filter((line) => line.includes('opener')),
    [
      '100: opener 50 9',
      '1600: opener 50 9',
      '4600: opener 50 9',
      '4900: opener 50 7',
      '6400: opener 50 9',
      '9400: opener 50 7',
    ],
  );
});
