import t from 'tap';
import type { PunchAttempt, PunchWord } from '../../../mesh/punching/punch-attempt.ts';
import { PunchAttempts } from '../../../mesh/punching/punch-attempts.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { FakeLink } from '../peering/fixtures/fake-link.ts';

const EXIT = nodeId(50);

function token(byte: number): Uint8Array {
  return new Uint8Array(8).fill(byte);
}

function attemptOf(
  host: string,
  {
    peer = 50,
    place = 'far',
    servers = [1],
  }: { peer?: number; place?: PunchAttempt['place']; servers?: readonly number[] } = {},
): PunchAttempt {
  const words = servers.map((server): PunchWord => {
    return { server: nodeId(server), token: token(server), isLead: false, openings: 0 };
  });
  const endpoint = { transport: 'udp', host, port: 5_000 } as const;
  const times = { beganAtMs: 0, untilMs: 10_000, openAtMs: 100 };
  return { peer: nodeId(peer), endpoint, place, words, ...times, openersSent: 0, dialId: 1, link: new FakeLink() };
}

t.test('one for each peer and address', async (t) => {
  const attempts = new PunchAttempts();
  t.equal(attempts.wakeAtMs, Infinity);
  const [first, second] = [attemptOf('9.0.0.1'), attemptOf('9.0.0.2', { servers: [2] })];
  for (const attempt of [first, second, attemptOf('9.0.0.1', { peer: 51 })]) attempts.add(attempt);
  t.equal(attempts.at(EXIT, { ...first.endpoint }), first);
  t.equal(attempts.at(EXIT, second.endpoint), second);
  t.equal(attempts.at(nodeId(51), second.endpoint), undefined);
  t.equal(attempts.wakeAtMs, 100);
  attempts.remove(first);
  t.equal(attempts.at(EXIT, first.endpoint), undefined);
});

t.test('a message belongs to the attempt on whose link it came, or else to the first with its token', async (t) => {
  const attempts = new PunchAttempts();
  const near = attemptOf('9.0.0.1', { place: 'near' });
  const local = attemptOf('192.168.1.5', { place: 'local' });
  for (const attempt of [near, local]) attempts.add(attempt);
  t.equal(attempts.under(EXIT, token(1), local.link!)?.attempt, local);
  t.equal(attempts.under(EXIT, token(1), new FakeLink())?.attempt, near);
  t.equal(attempts.under(EXIT, token(2), near.link!), null);
  t.equal(attempts.under(nodeId(51), token(1), near.link!), null);
});

t.test('what a peer says of its own network counts by a server that has both near only', async (t) => {
  const attempts = new PunchAttempts();
  const near = attemptOf('9.0.0.1', { place: 'near', servers: [2] });
  const others = [attemptOf('9.0.0.2'), attemptOf('192.168.1.5', { place: 'local', servers: [3] })];
  for (const attempt of [...others, near]) attempts.add(attempt);
  t.equal(attempts.near(EXIT, token(2)), near);
  for (const byte of [1, 3, 4]) t.equal(attempts.near(EXIT, token(byte)), null);
  t.equal(attempts.near(nodeId(51), token(2)), null);
  t.equal(attempts.localCount(EXIT), 1);
});

t.test('a server has two addresses of a peer tried, and drops the older one of its own for a third', async (t) => {
  const attempts = new PunchAttempts();
  const ended: string[] = [];
  const name = (host: string, server = 2): boolean => {
    const hasRoom = attempts.makeRoom(EXIT, nodeId(server), (attempt) => {
      ended.push(attempt.endpoint.host);
      attempts.remove(attempt);
    });
    if (hasRoom) attempts.add(attemptOf(host, { servers: [server] }));
    return hasRoom;
  };
  t.ok(name('9.0.0.1', 1));
  for (let index = 2; index < 30; index++) t.ok(name(`9.0.0.${index}`));
  t.same(
    attempts.all.map(({ endpoint }) => endpoint.host),
    ['9.0.0.1', '9.0.0.28', '9.0.0.29'],
  );
  t.equal(ended.length, 26);
  t.ok(name('9.0.1.1', 3));
  t.notOk(name('9.0.1.2', 3), 'four of one peer');
  t.notOk(name('9.0.1.3', 4));
  t.ok(name('9.0.1.4', 2), 'but one of its own may be another');
});

t.test('an attempt lives on by what others said', async (t) => {
  const attempts = new PunchAttempts();
  const shared = attemptOf('9.0.0.1', { servers: [2, 1] });
  attempts.add(shared);
  attempts.add(attemptOf('9.0.0.2', { servers: [2] }));
  t.ok(attempts.makeRoom(EXIT, nodeId(2), () => t.fail('it is not ended')));
  t.same(
    shared.words.map(({ server }) => server),
    [1],
  );
});

t.test('32 in all', async (t) => {
  const attempts = new PunchAttempts();
  for (let peer = 1; peer <= 32; peer++) {
    t.ok(attempts.makeRoom(nodeId(peer), nodeId(200), () => {}));
    attempts.add(attemptOf('9.0.0.1', { peer, servers: [200] }));
  }
  t.ok(attempts.isFull);
  t.notOk(attempts.makeRoom(nodeId(33), nodeId(200), () => {}));
});
