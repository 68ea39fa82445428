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
      links.map((link) => paths.open(session, link, true)),
      [first, first + 1],
    );
    t.equal(session.activePath?.id, first + 1);
    t.equal(paths.linkOf(first), links[0]);
    t.equal(links[0]!.pathId, first);
    for (let count = 2; count < 128; count++) paths.open(session, dialled(), true);
    t.equal(paths.open(session, dialled(), true), first, 'they are used again');
  }
});

t.test('sixteen are live at most', async (t) => {
  const { session, paths } = make(true);
  const links = Array.from({ length: 17 }, dialled);
  for (const link of links) paths.open(session, link, true);
  t.equal(links[0]!.pathId, null);
  t.equal(paths.linkOf(0), undefined);
  t.equal(links.filter(({ pathId }) => pathId !== null).length, 16);
});

t.test('a path moves to another link, and back off it', async (t) => {
  const { session, paths } = make(true);
  const [old, now] = [accepted(), accepted()];
  paths.bind(session, 130, old, true);
  paths.bind(session, 130, now, true);
  t.equal(old.pathId, null);
  t.equal(paths.linkOf(130), now);
  t.notOk(paths.unbind(session, old), 'nothing runs over it any more');
  t.ok(paths.unbind(session, now));
  t.notOk(paths.hasPath);
  t.equal(session.activePath, null);
});

t.test('paths that the peer left are taken off, and stay off', async (t) => {
  const { session, paths } = make(true);
  const links = [accepted(), accepted(), accepted()];
  const own = dialled();
  paths.open(session, own, true);
  paths.bind(session, 128, links[0]!, false);
  paths.bind(session, 129, links[1]!, false);
  t.notOk(paths.isLeft(128));
  paths.leaveOlder(session, 129);
  t.equal(links[0]!.pathId, null);
  t.ok(paths.isLeft(128));
  t.notOk(paths.isLeft(129));
  t.notOk(paths.isLeft(130));
  t.equal(own.pathId, 0, 'the own ones are not');
  t.notOk(paths.isLeft(0));
  paths.leaveOlder(session, 128);
  t.equal(links[1]!.pathId, 129, 'and it does not go back');
});

t.test('newer goes round at the end of the half', async (t) => {
  const { session, paths } = make(false);
  const [last, first] = [accepted(), accepted()];
  paths.bind(session, 127, last, true);
  paths.leaveOlder(session, 127);
  paths.bind(session, 0, first, true);
  t.notOk(paths.isLeft(0));
  paths.leaveOlder(session, 0);
  t.ok(paths.isLeft(127));
  t.equal(last.pathId, null);
});

t.test('without its session a link has no path, and the next session begins with the first', async (t) => {
  const { session, paths } = make(true);
  const link = dialled();
  paths.open(session, link, true);
  paths.bind(session, 140, accepted(), false);
  paths.leaveOlder(session, 140);
  paths.clear();
  t.equal(link.pathId, null);
  t.notOk(paths.hasPath);
  t.notOk(paths.isLeft(128));
  t.equal(paths.open(make(true).session, link, true), 0);
});
