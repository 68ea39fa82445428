import t from 'tap';
import { PathMoves } from '../../../mesh/peering/path-moves.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { PeerPaths } from '../../../mesh/peering/peer-paths.ts';
import { RoutedLink } from '../../../mesh/peering/routed-link.ts';
import { Session } from '../../../mesh/session/session.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const TOKEN = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function make(isLower = true) {
  const session = new Session({ peer: nodeId(1), opensEvenStreams: true, deathAfterMs: Infinity, nowMs: 0 });
  const paths = new PeerPaths(
    isLower,
    () => 0,
    () => 0,
  );
  paths.begin(session);
  return { session, paths, moves: new PathMoves(paths) };
}

const dialled = (): PeerLink => new PeerLink(new FakeLink(), endpoint('udp'));
const accepted = (): PeerLink => new PeerLink(new FakeLink(), null);

function routed(isOwn: boolean): PeerLink {
  const firstHop = { directLink: new PeerLink(new FakeLink(), endpoint('udp')) };
  return new PeerLink(new RoutedLink(nodeId(1), [nodeId(9)], firstHop, () => {}), null, isOwn);
}

/** A link that the peer has chosen, and proven. */
function proven(link: PeerLink): PeerLink {
  link.challenge = TOKEN;
  link.answered(TOKEN);
  return link;
}

t.test('a new direct link is used at once instead of a direct one, and a relayed one is only kept ready', async (t) => {
  const { paths, moves } = make();
  const first = dialled();
  t.ok(moves.takesOver(first), 'there is no other');
  paths.open(first, true);
  t.ok(moves.takesOver(first), 'itself');
  t.ok(moves.takesOver(dialled()));
  t.notOk(moves.takesOver(routed(true)));
});

t.test('a direct link has to prove that it is better than the relayed one in use', async (t) => {
  const { paths, moves } = make();
  paths.open(routed(true), true);
  t.notOk(moves.takesOver(dialled()));
  t.notOk(moves.takesOver(routed(true)));
});

t.test('anything is better than a path that does not answer, or a link that is not proven', async (t) => {
  const { session, paths, moves } = make();
  paths.open(dialled(), true);
  session.ping(0);
  session.tick(0);
  for (let nowMs = session.wakeAtMs; !session.isSuspect; nowMs = session.wakeAtMs) session.tick(nowMs);
  t.ok(moves.takesOver(routed(true)));
  const other = make();
  other.paths.bind(128, accepted(), true);
  t.ok(other.moves.takesOver(routed(false)));
});

t.test('the peer’s packets bring a path onto their link; another link has to be proven first', async (t) => {
  const { session, paths, moves } = make();
  const [first, second] = [proven(accepted()), accepted()];
  moves.follow(128, first);
  t.equal(paths.linkOf(128), first);
  moves.follow(128, second);
  t.equal(paths.linkOf(128), first);
  t.equal(second.wantedPathId, 128);
  second.challenge = TOKEN;
  moves.validate(second, Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1), 5);
  t.equal(paths.linkOf(128), first, 'a wrong answer');
  moves.validate(second, TOKEN, 5);
  t.equal(paths.linkOf(128), second);
  t.equal(session.path(128)?.answers.progressAtMs, 5, 'which shows that it works both ways');
});

t.test('where the peer goes back to a direct link, this side does; a ping by relays moves nothing', async (t) => {
  const { session, moves } = make();
  const [first, second, byRelay] = [proven(accepted()), proven(accepted()), proven(routed(false))];
  moves.follow(128, first);
  moves.follow(129, second);
  t.equal(session.activePath?.id, 129);
  moves.follow(128, first);
  t.equal(session.activePath?.id, 128);
  moves.follow(130, byRelay);
  moves.follow(130, byRelay);
  t.equal(session.activePath?.id, 128);
});

t.test('with a new direct link the older ones are left, the ways over relays are not', async (t) => {
  const { session, paths, moves } = make();
  const [old, byRelay, now] = [proven(accepted()), proven(routed(false)), accepted()];
  moves.follow(128, old);
  moves.follow(129, byRelay);
  moves.follow(130, now);
  now.challenge = TOKEN;
  moves.validate(now, TOKEN, 10);
  t.equal(session.activePath?.id, 130);
  t.equal(paths.linkOf(128), undefined);
  t.equal(paths.linkOf(129), byRelay);
  moves.follow(128, old);
  t.equal(paths.linkOf(128), undefined, 'late packets do not bring it back');
});

t.test('both sides choose the same relays at once: the path of the lower number stays', async (t) => {
  const lower = make(true);
  const way = routed(true);
  const own = lower.paths.open(way, false);
  t.equal(own, 0);
  lower.moves.follow(130, way);
  t.equal(lower.paths.linkOf(0), way);
  t.equal(lower.paths.linkOf(130), undefined);
  t.not(lower.session.path(130), null, 'what comes by the other is received');
  t.equal(lower.session.path(130)?.carrier, null, 'and nothing is sent by it');

  const higher = make(false);
  const same = routed(true);
  const chosen = higher.paths.open(same, false);
  t.equal(chosen, 128);
  higher.moves.follow(0, same);
  t.equal(higher.paths.linkOf(0), same);
  t.equal(higher.paths.linkOf(128), undefined);
  higher.moves.follow(128, same);
  t.equal(higher.paths.linkOf(0), same, 'late packets change nothing');
});
