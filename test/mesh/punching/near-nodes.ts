// Two nodes that servers see at one address tell each other their local ones (PUNCH, PROTOCOL section 5).
import t from 'tap';
import type { MailFrame } from '../../../mesh/peering/peer-context.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { FakeLink } from '../peering/fixtures/fake-link.ts';
import {
  beginFrame,
  EXIT,
  HOUR_MS,
  makeBench,
  openersOf,
  run,
  runFrom,
  SERVER,
  TOKEN,
} from './fixtures/punch-bench.ts';

const HERE = '9.0.0.100';
const PORT = 49_152;
type Local = Extract<MailFrame, { readonly type: 'punch'; readonly step: 'local' }>;

function localFrame(host: string, { port = 4_840, node = EXIT, token = TOKEN } = {}): Local {
  return { type: 'punch', step: 'local', node, token, address: { transport: 'udp', source: 'local', host, port } };
}

/** A node behind a NAT with a session with the exit, by a relay. */
function makeNear({ local = ['192.168.1.7'], isUp = true } = {}) {
  const bench = makeBench({ local, seenAt: HERE });
  const told: string[] = [];
  const sendMail = (frame: Local): boolean => {
    const { transport, source, host, port } = frame.address;
    if (isUp) told.push(`${frame.node} ${frame.token[0]} ${transport} ${source} ${host}:${port}`);
    return isUp;
  };
  const session = { paths: { heardAtMs: () => Infinity } };
  bench.peers.set(EXIT, { id: EXIT, isUp, directLink: null, session, sendMail, probe: () => {} } as never);
  const opened = (dialId: number): FakeLink => {
    const link = Object.assign(new FakeLink(), { localPort: PORT });
    bench.desk.linkOpened(dialId, link);
    return link;
  };
  return { ...bench, told, opened };
}

t.test('both tell, and the one that asked greets where the other answers', async (t) => {
  for (const step of ['lead', 'follow'] as const) {
    const { desk, take, told, opened } = makeNear();
    desk.ask(EXIT, 0);
    take();
    desk.begin(SERVER, beginFrame(step, { host: HERE }), 0);
    opened(1);
    desk.tick(99);
    t.same(told, []);
    desk.tick(100);
    t.same(told, [`100 7 udp local 192.168.1.7:${PORT}`]);
    t.same(take(), ['dial 9.0.0.100:5000', 'opener 50 7'], 'the NAT may lead back all the same');
    desk.localTold(EXIT, localFrame('192.168.1.5'), 150);
    t.same(take(), ['dial 192.168.1.5:4840']);
    const link = opened(2);
    desk.tick(250);
    t.same(take(), ['opener 50 7']);
    t.ok(desk.challenged(EXIT, link, TOKEN, 170, 260));
    t.same(take(), [step === 'lead' ? 'greet 50 for 170' : 'opener 50 7']);
  }
});

t.test('it is told again while nothing gets through, and first when there is a session', async (t) => {
  const up = makeNear();
  up.desk.begin(SERVER, beginFrame('follow', { host: HERE }), 0);
  up.opened(1);
  run(up, 0, 10_000);
  t.equal(up.told.length, 3);
  const down = makeNear({ isUp: false });
  down.desk.begin(SERVER, beginFrame('follow', { host: HERE }), 0);
  down.opened(1);
  run(down, 0, 10_000);
  t.same(down.told, []);
});

t.test('who is elsewhere is told nothing, and what it says is not believed', async (t) => {
  const bench = makeNear();
  bench.desk.begin(SERVER, beginFrame('follow'), 0);
  bench.opened(1);
  bench.desk.localTold(EXIT, localFrame('192.168.1.5'), 50);
  const done = run(bench, 50, 10_000);
  t.same(bench.told, []);
  t.notOk(done.some((line) => line.includes('192.168')));
});

t.test('what is not tried', async (t) => {
  const cases: readonly [string, (bench: ReturnType<typeof makeNear>) => void][] = [
    ['without a server’s word', ({ desk }) => desk.localTold(EXIT, localFrame('192.168.1.5'), 0)],
    [
      'under another token',
      ({ desk }) => desk.localTold(EXIT, localFrame('10.0.0.1', { token: new Uint8Array(8) }), 0),
    ],
    ['of another node', ({ desk }) => desk.localTold(EXIT, localFrame('10.0.0.1', { node: nodeId(51) }), 0)],
    ['by another node', ({ desk }) => desk.localTold(nodeId(51), localFrame('10.0.0.1', { node: nodeId(51) }), 0)],
    ['this machine', ({ desk }) => desk.localTold(EXIT, localFrame('192.168.1.7'), 0)],
    ['loopback', ({ desk }) => desk.localTold(EXIT, localFrame('127.0.0.1'), 0)],
    ['link-local', ({ desk }) => desk.localTold(EXIT, localFrame('169.254.1.1'), 0)],
    ['multicast', ({ desk }) => desk.localTold(EXIT, localFrame('224.0.0.1'), 0)],
    ['a carrier’s', ({ desk }) => desk.localTold(EXIT, localFrame('100.64.0.1'), 0)],
    ['the internet’s', ({ desk }) => desk.localTold(EXIT, localFrame('8.8.8.8'), 0)],
    ['another family', ({ desk }) => desk.localTold(EXIT, localFrame('fd00::1'), 0)],
    ['too late', ({ desk }) => (desk.tick(10_000), desk.localTold(EXIT, localFrame('10.0.0.1'), 10_000))],
    ['in another network', ({ desk }) => (desk.networkMoved(), desk.localTold(EXIT, localFrame('10.0.0.1'), 1))],
    [
      'where there is a direct way',
      ({ desk, prove }) => (prove(EXIT, 'udp://9.0.0.50:1'), desk.localTold(EXIT, localFrame('10.0.0.1'), 1)),
    ],
  ];
  for (const [why, act] of cases) {
    const bench = makeNear();
    if (why !== 'without a server’s word') bench.desk.begin(SERVER, beginFrame('follow', { host: HERE }), 0);
    bench.opened(1);
    bench.take();
    act(bench);
    t.same(bench.take(), [], why);
  }
});

t.test('the same address twice is one', async (t) => {
  const bench = makeNear();
  bench.desk.begin(SERVER, beginFrame('follow', { host: HERE }), 0);
  bench.opened(1);
  bench.take();
  for (let times = 0; times < 5; times++) bench.desk.localTold(EXIT, localFrame('192.168.1.5'), 0);
  t.same(bench.take(), ['dial 192.168.1.5:4840']);
});

t.test('another network: what was begun in the one before ends', async (t) => {
  const bench = makeNear();
  bench.desk.begin(SERVER, beginFrame('follow', { host: HERE }), 0);
  const links = [bench.opened(1)];
  bench.desk.localTold(EXIT, localFrame('192.168.1.5'), 0);
  links.push(bench.opened(2));
  bench.desk.networkMoved();
  t.ok(links.every(({ isClosed }) => isClosed));
  bench.take();
  t.same(run(bench, 0, 20_000), []);
  t.notOk(bench.desk.challenged(EXIT, links[1]!, TOKEN, 170, 1));
});

t.test('a member and a server in league have it send 16 messages an hour into its own network', async (t) => {
  const bench = makeNear();
  let message = 0;
  const done = run(bench, 0, 2 * HOUR_MS, (nowMs) => {
    if (nowMs % 1_000 !== 0) return;
    bench.desk.begin(SERVER, beginFrame('follow', { host: HERE, port: 1 + (message % 60_000) }), nowMs);
    for (let index = 0; index < 10; index++, message++) {
      bench.desk.localTold(EXIT, localFrame(`192.168.${(message >> 8) & 255}.${message & 255}`), nowMs);
    }
  });
  const hosts = done.filter((line) => line.includes('dial 192.168')).length;
  const openers = openersOf(done);
  // Those to the public address are counted on their own: 24 an hour.
  t.ok(hosts <= 8 + 24, `${hosts} addresses`);
  t.ok(openers <= 2 * (16 + 24), `${openers} messages`);
  t.ok(hosts >= 8);
});

t.test('nodes that are seen at one address are asked for, whatever else speaks against it', async (t) => {
  const natClasses = { 50: 'symmetric', 100: 'symmetric' } as const;
  t.notOk(makeBench({ natClasses }).desk.canAsk(EXIT));
  t.ok(makeBench({ natClasses, near: [EXIT] }).desk.canAsk(EXIT));
  t.notOk(makeBench().desk.canAsk(nodeId(98)), 'it listens');
  t.ok(makeBench({ near: [98] }).desk.canAsk(nodeId(98)), 'but its NAT may not lead back');
});

t.test('the NAT’s own address need not be tried for the local ones to be told', async (t) => {
  const bench = makeNear();
  for (let atMs = 0; atMs < 60_000; atMs += 20_000) {
    runFrom(bench, atMs, beginFrame('follow', { host: HERE }), { ms: 20_000 });
  }
  t.equal(bench.told.length, 9, 'three times in each attempt');
});
