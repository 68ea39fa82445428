import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import type { NatClass } from '../../../mesh/gossip/node-record.ts';
import type { Link } from '../../../mesh/link.ts';
import type { MailFrame } from '../../../mesh/peering/peer-context.ts';
import { PunchDesk, type PunchParts } from '../../../mesh/punching/punch-desk.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from '../peering/fixtures/fake-link.ts';

const OWN = nodeId(100);
const SERVER = nodeId(1);
const OTHER_SERVER = nodeId(2);
const EXIT = nodeId(50);
const TOKEN = new Uint8Array(8).fill(7);
const HOUR_MS = 3_600_000;

type Begin = Parameters<PunchDesk['begin']>[1];

function make({
  natClasses = {},
  serverRemote,
}: { natClasses?: Record<number, NatClass>; serverRemote?: string } = {}) {
  const done: string[] = [];
  const taken = new Set<Link>();
  const serverLink = Object.assign(new FakeLink(), { remote: serverRemote ?? 'udp://8.0.0.1:4840' });
  const server = (id: NodeId) => ({
    id,
    isUp: true,
    directLink: { dialled: endpoint('udp'), link: serverLink },
    session: { rttMs: id },
    sendMail: (frame: MailFrame) => done.push(`${id} is asked for ${frame.type === 'punch' ? frame.node : '?'}`) > 0,
  });
  const peers = new Map([
    [SERVER, server(SERVER)],
    [OTHER_SERVER, server(OTHER_SERVER)],
  ]) as unknown as Map<NodeId, { directLink: unknown; isUp: boolean }>;
  let dials = 0;
  const desk = new PunchDesk({
    ownId: OWN,
    peers: peers as unknown as PunchParts['peers'],
    isMember: (id) => id <= 99,
    isServer: (id) => id <= 3,
    natClassOf: (id) => natClasses[id] ?? 'unknown',
    isListening: (id) => id === 98,
    dial: ({ host, port }) => {
      done.push(`dial ${host}:${port}`);
      return ++dials;
    },
    sendOpener: (_link, to, token) => done.push(`opener ${to} ${token[0]}`),
    greet: (peer, link, bytes) => {
      taken.add(link);
      done.push(`greet ${peer} for ${bytes}`);
    },
    isTaken: (link) => taken.has(link),
  });
  const take = (): string[] => done.splice(0);
  return { desk, take, taken, peers };
}

function begin(step: 'lead' | 'follow', { host = '9.0.0.50', port = 5_000, node = EXIT, token = TOKEN } = {}): Begin {
  return { type: 'punch', step, node, token, address: { transport: 'udp', source: 'observed', host, port } };
}

t.test('the asker: ask, open, and greet where the answer comes from', async (t) => {
  const { desk, take } = make();
  t.ok(desk.canAsk(EXIT));
  t.ok(desk.ask(EXIT, 0));
  t.same(take(), ['1 is asked for 50', '2 is asked for 50']);
  desk.begin(SERVER, begin('lead'), 50);
  t.same(take(), ['dial 9.0.0.50:5000']);
  const link = new FakeLink();
  t.notOk(desk.linkOpened(99, link), 'none of its dials');
  t.ok(desk.linkOpened(1, link));
  t.equal(desk.wakeAtMs, 150);
  desk.tick(149);
  t.same(take(), [], 'the other side may not listen yet');
  desk.tick(150);
  t.same(take(), ['opener 50 7']);
  t.ok(desk.challenged(EXIT, link, TOKEN, 170, 90));
  t.same(take(), ['greet 50 for 170']);
  t.ok(desk.challenged(EXIT, link, TOKEN, 170, 95));
  t.same(take(), [], 'once a link');
  t.equal(desk.wakeAtMs, 10_050);
  desk.tick(10_050);
  t.notOk(link.isClosed, 'the peer has it');
  t.equal(desk.wakeAtMs, Infinity);
});

t.test('the other: open, and answer where something comes from', async (t) => {
  const { desk, take } = make();
  desk.begin(SERVER, begin('follow'), 0);
  const link = new FakeLink();
  t.ok(desk.linkOpened(1, link));
  desk.tick(100);
  t.same(take(), ['dial 9.0.0.50:5000', 'opener 50 7']);
  const elsewhere = new FakeLink();
  t.ok(desk.challenged(EXIT, elsewhere, TOKEN, 170, 90), 'a NAT made another port of it');
  t.ok(desk.challenged(EXIT, elsewhere, TOKEN, 170, 91));
  t.ok(desk.challenged(EXIT, elsewhere, TOKEN, 170, 92));
  t.same(take(), ['opener 50 7', 'opener 50 7'], 'twice at most, however often it is repeated');
  desk.tick(10_000);
  t.ok(link.isClosed, 'what nobody used is closed');
});

t.test('challenges that belong to no attempt', async (t) => {
  const { desk, take } = make();
  desk.begin(SERVER, begin('follow'), 0);
  desk.linkOpened(1, new FakeLink());
  take();
  t.notOk(desk.challenged(SERVER, new FakeLink(), TOKEN, 170, 1), 'of another node');
  t.notOk(desk.challenged(EXIT, new FakeLink(), new Uint8Array(8), 170, 1), 'with another token');
  t.notOk(desk.challenged(EXIT, new FakeLink(), TOKEN.subarray(0, 7), 170, 1));
  desk.tick(10_000);
  t.notOk(desk.challenged(EXIT, new FakeLink(), TOKEN, 170, 10_000), 'too late');
  t.same(take(), []);
});

t.test('asking again takes ever longer, until it was reached or the network is another one', async (t) => {
  const { desk, take } = make();
  const times: number[] = [];
  for (let nowMs = 0; nowMs < 2 * HOUR_MS; nowMs += 1_000) if (desk.ask(EXIT, nowMs)) times.push(nowMs / 1_000);
  t.same(times.slice(0, 6), [0, 2, 6, 14, 30, 62]);
  t.equal(times.at(-1)! - times.at(-2)!, 600);
  take();
  t.notOk(desk.ask(EXIT, 2 * HOUR_MS));
  desk.forgetFailures();
  t.ok(desk.ask(EXIT, 2 * HOUR_MS));
  desk.begin(SERVER, begin('lead'), 2 * HOUR_MS);
  t.ok(desk.challenged(EXIT, new FakeLink(), TOKEN, 170, 2 * HOUR_MS));
  t.ok(desk.ask(EXIT, 2 * HOUR_MS), 'as it has answered');
});

t.test('whom it can’t ask, and for whom', async (t) => {
  const hopeless = make({ natClasses: { 50: 'symmetric', 100: 'symmetric' } });
  t.notOk(hopeless.desk.canAsk(EXIT));
  t.notOk(hopeless.desk.ask(EXIT, 0));
  t.ok(make({ natClasses: { 50: 'symmetric', 100: 'easy' } }).desk.canAsk(EXIT));
  t.notOk(make().desk.canAsk(nodeId(98)), 'nothing is to be opened where it listens');
  const alone = make();
  alone.peers.delete(OTHER_SERVER);
  alone.peers.get(SERVER)!.isUp = false;
  t.notOk(alone.desk.canAsk(EXIT));
  alone.peers.get(SERVER)!.isUp = true;
  t.ok(alone.desk.canAsk(EXIT));
  t.notOk(alone.desk.canAsk(SERVER), 'nobody helps to get through to himself');
  alone.peers.get(SERVER)!.directLink = null;
  t.notOk(alone.desk.canAsk(EXIT));
});

t.test('what nobody may have it do', async (t) => {
  const cases: readonly [string, (bench: ReturnType<typeof make>) => void][] = [
    ['a lead that it did not ask for', ({ desk }) => desk.begin(SERVER, begin('lead'), 0)],
    [
      'an old one',
      ({ desk }) => {
        desk.ask(EXIT, 0);
        desk.begin(SERVER, begin('lead'), 10_001);
      },
    ],
    ['a node that is no member', ({ desk }) => desk.begin(SERVER, begin('follow', { node: nodeId(200) }), 0)],
    ['itself', ({ desk }) => desk.begin(SERVER, begin('follow', { node: OWN }), 0)],
    ['the server', ({ desk }) => desk.begin(SERVER, begin('follow', { node: SERVER }), 0)],
    [
      'somebody who is no server',
      ({ desk, peers }) => {
        peers.set(nodeId(9), peers.get(SERVER)!);
        desk.begin(nodeId(9), begin('follow'), 0);
      },
    ],
    [
      'a server that was not asked',
      ({ desk, peers }) => {
        desk.ask(EXIT, 0);
        peers.set(nodeId(3), peers.get(SERVER)!);
        desk.begin(nodeId(3), begin('lead'), 0);
      },
    ],
    ['somebody without a session', ({ desk }) => desk.begin(nodeId(9), begin('follow'), 0)],
    ['its own network', ({ desk }) => desk.begin(SERVER, begin('follow', { host: '192.168.1.1', port: 53 }), 0)],
    ['its own machine', ({ desk }) => desk.begin(SERVER, begin('follow', { host: '127.0.0.1', port: 53 }), 0)],
    [
      'a node that it has a direct link to',
      ({ desk }) => desk.begin(SERVER, begin('follow', { node: OTHER_SERVER }), 0),
    ],
  ];
  for (const [why, act] of cases) {
    const bench = make();
    act(bench);
    t.same(
      bench.take().filter((line) => line.startsWith('dial')),
      [],
      why,
    );
  }
  const lan = make({ serverRemote: 'udp://192.168.1.5:4840' });
  lan.desk.begin(SERVER, begin('follow', { host: '192.168.1.1' }), 0);
  t.same(lan.take(), ['dial 192.168.1.1:5000'], 'unless the server is in it, too');
});

t.test('one message an address and hour, unless a member has proven itself there', async (t) => {
  const { desk, take, peers } = make();
  desk.begin(SERVER, begin('follow'), 0);
  t.same(take(), ['dial 9.0.0.50:5000']);
  desk.tick(10_000);
  desk.begin(SERVER, begin('follow'), 20_000);
  desk.begin(OTHER_SERVER, begin('follow', { node: nodeId(51) }), 20_000);
  t.same(take(), [], 'whoever is said to be there');
  desk.begin(SERVER, begin('follow'), HOUR_MS);
  t.same(take(), ['dial 9.0.0.50:5000']);
  t.ok(desk.challenged(EXIT, new FakeLink(), TOKEN, 170, HOUR_MS + 1));
  desk.tick(HOUR_MS + 10_000);
  take();
  desk.begin(SERVER, begin('follow'), HOUR_MS + 20_000);
  t.same(take(), [], 'the server knows the token, too');
  const link = Object.assign(new FakeLink(), { remote: 'udp://9.0.0.50:5000' });
  desk.begin(SERVER, begin('follow'), 2 * HOUR_MS);
  t.same(take(), ['dial 9.0.0.50:5000']);
  peers.set(EXIT, { directLink: { dialled: null, link }, isUp: true });
  desk.tick(2 * HOUR_MS + 10_000);
  peers.delete(EXIT);
  desk.begin(SERVER, begin('follow'), 2 * HOUR_MS + 20_000);
  t.same(take(), ['dial 9.0.0.50:5000'], 'a member has proven itself there');
});

t.test('a hostile server has it send to 32 addresses at once, and 72 an hour', async (t) => {
  const { desk, take } = make();
  let dials = 0;
  for (let nowMs = 0; nowMs < HOUR_MS; nowMs += 1_000) {
    desk.begin(SERVER, begin('follow', { port: 1 + nowMs / 1_000, node: nodeId(3 + ((nowMs / 1_000) % 90)) }), nowMs);
    desk.tick(nowMs);
    dials += take().filter((line) => line.startsWith('dial')).length;
  }
  t.ok(dials <= 32 + 72, `${dials} dials`);
});

t.test('both ask at the same time: what the lower number asked for goes on, on both sides', async (t) => {
  const mine = new Uint8Array(8).fill(1);
  const its = new Uint8Array(8).fill(2);
  for (const first of ['lead', 'follow'] as const) {
    const { desk, take } = make();
    desk.ask(EXIT, 0);
    take();
    const [one, two] = first === 'lead' ? ([mine, its] as const) : ([its, mine] as const);
    desk.begin(SERVER, begin(first, { token: one }), 10);
    desk.linkOpened(1, new FakeLink());
    desk.begin(OTHER_SERVER, begin(first === 'lead' ? 'follow' : 'lead', { token: two }), 20);
    desk.tick(110);
    t.equal(take().length, 2, 'one link, and one message');
    const link = new FakeLink();
    t.ok(desk.challenged(EXIT, link, its, 170, 30), 'node 50 leads');
    t.same(take(), ['opener 50 2']);
    t.ok(desk.challenged(EXIT, new FakeLink(), mine, 170, 30), 'whichever of them it heard of');
    t.same(take(), ['opener 50 1']);
  }
});

t.test(
  'two servers bring the same two together, and the other side may have heard of the second one first',
  async (t) => {
    for (const step of ['lead', 'follow'] as const) {
      const { desk, take } = make();
      desk.ask(EXIT, 0);
      take();
      const tokens = [1, 2, 3, 4, 5].map((byte) => new Uint8Array(8).fill(byte));
      for (const [index, token] of tokens.entries()) {
        desk.begin([SERVER, OTHER_SERVER][index % 2]!, begin(step, { token, port: 5_000 + index }), 10);
      }
      desk.linkOpened(1, new FakeLink());
      desk.tick(110);
      t.same(take(), ['dial 9.0.0.50:5000', 'opener 50 1'], 'one message all the same');
      t.notOk(desk.challenged(EXIT, new FakeLink(), tokens[4]!, 170, 30), 'so many are kept');
      t.ok(desk.challenged(EXIT, new FakeLink(), tokens[1]!, 170, 30));
      t.same(take(), [step === 'lead' ? 'greet 50 for 170' : 'opener 50 2']);
    }
  },
);
