import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { PeerPaths } from '../../../mesh/peering/peer-paths.ts';
import { Session } from '../../../mesh/session/session.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

function make(isLower: boolean) {
  const session = new Session({ peer: nodeId(1), opensEvenStreams: isLower, deathAfterMs: Infinity, nowMs: 0 });
  const paths = new PeerPaths(
    isLower,
    () => 0,
    () => 0,
  );
  paths.begin(session);
  return { session, paths };
}

const dialled = (): PeerLink => new PeerLink(new FakeLink(), endpoint('udp'));
const accepted = (): PeerLink => new PeerLink(new FakeLink(), null);

t.test('who dials names the path, each side in its half', async (t) => {
  for (const [isLower, first] of [
    [true, 0],
    [false, 128],
  ] as const) {
    const { session, paths } = make(isLower);
    t.notOk(paths.hasPath);
    const links = [dialled(), dialled()];
    t.same(
      links.map((link) => paths.open(link, true)),
      [first, first + 1],
    );
    t.equal(session.activePath?.id, first + 1);
    t.equal(paths.linkOf(first), links[0]);
    t.equal(links[0]!.pathId, first);
    for (let count = 2; count < 128; count++) paths.open(dialled(), true);
    t.equal(paths.open(dialled(), true), first, 'they are used again');
  }
});

t.test('sixteen are live at most', async (t) => {
  const { paths } = make(true);
  const links = Array.from({ length: 17 }, dialled);
  for (const link of links) paths.open(link, true);
  t.equal(links[0]!.pathId, null);
  t.equal(paths.linkOf(0), undefined);
  t.equal(links.filter(({ pathId }) => pathId !== null).length, 16);
});

t.test('a path moves to another link, and back off it', async (t) => {
  const { session, paths } = make(true);
  const [old, now] = [accepted(), accepted()];
  paths.bind(130, old, true);
  paths.bind(130, now, true);
  t.equal(old.pathId, null);
  t.equal(paths.linkOf(130), now);
  t.notOk(paths.unbind(old), 'nothing runs over it any more');
  t.ok(paths.unbind(now));
  t.notOk(paths.hasPath);
  t.equal(session.activePath, null);
});

t.test('paths that the peer left are taken off, and stay off', async (t) => {
  const { paths } = make(true);
  const links = [accepted(), accepted(), accepted()];
  const own = dialled();
  paths.open(own, true);
  paths.bind(128, links[0]!, false);
  paths.bind(129, links[1]!, false);
  t.notOk(paths.isLeft(128));
  paths.leaveOlder(129);
  t.equal(links[0]!.pathId, null);
  t.ok(paths.isLeft(128));
  t.notOk(paths.isLeft(129));
  t.notOk(paths.isLeft(130));
  t.equal(own.pathId, 0, 'the own ones are not');
  t.notOk(paths.isLeft(0));
  paths.leaveOlder(128);
  t.equal(links[1]!.pathId, 129, 'and it does not go back');
});

t.test('newer goes round at the end of the half', async (t) => {
  const { paths } = make(false);
  const [last, first] = [accepted(), accepted()];
  paths.bind(127, last, true);
  paths.leaveOlder(127);
  paths.bind(0, first, true);
  t.notOk(paths.isLeft(0));
  paths.leaveOlder(0);
  t.ok(paths.isLeft(127));
  t.equal(last.pathId, null);
});

t.test('without its session a link has no path, and the next session begins with the first', async (t) => {
  const { paths } = make(true);
  const link = dialled();
  paths.open(link, true);
  paths.bind(140, accepted(), false);
  paths.leaveOlder(140);
  paths.end();
  t.equal(paths.session, null);
  t.equal(paths.activeLink, null);
  t.equal(link.pathId, null);
  t.notOk(paths.hasPath);
  t.notOk(paths.isLeft(128));
  paths.begin(make(true).session);
  t.equal(paths.open(link, true), 0);
});

t.test('the direct link: the one in use, else the newest that is proven', async (t) => {
  const { paths } = make(true);
  const links = [dialled(), dialled(), accepted()];
  t.equal(paths.directLink, null);
  paths.open(links[0]!, true);
  paths.open(links[1]!, false);
  paths.bind(128, links[2]!, false);
  t.equal(paths.directLink, links[0]);
  t.equal(paths.activeLink, links[0]);
  paths.unbind(links[0]!);
  t.equal(paths.directLink, links[1], 'an address that nobody has proven is none');
});

t.test('what is said by a link without a path goes nowhere', async (t) => {
  const { session, paths } = make(true);
  const link = dialled();
  paths.respond(link, new Uint8Array(8));
  paths.demote(link, 1_000, 0);
  t.notOk(paths.answeredWithin(link, Infinity, 0));
  t.equal(session.wakeAtMs, Infinity);
  paths.open(link, true);
  t.same(
    paths.ways.map(({ peerLink, path }) => [peerLink === link, path.id]),
    [[true, 0]],
  );
  session.pathAnswered(0, 5);
  t.ok(paths.answeredWithin(link, 10, 14));
  t.notOk(paths.answeredWithin(link, 10, 15));
  paths.addDetour(dialled());
  t.equal(paths.ways.length, 2);
  t.equal(paths.activeLink, link);
});
