import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { PeerSession } from '../../../mesh/peering/peer-session.ts';
import { PeerWays } from '../../../mesh/peering/peer-ways.ts';
import { RoutedLink } from '../../../mesh/peering/routed-link.ts';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';
import { idleContext } from './fixtures/idle-context.ts';
import { keySides } from './fixtures/two-nodes.ts';

const sodium = await loadSodium();
const PEER = nodeId(42);

/** Ways to a peer that listens at one address, and a session without a path. */
function make() {
  const [{ keys, own }] = keySides(sodium);
  const context = idleContext(own.id, new NetworkKeys(sodium, seededBytes(1, 32)));
  const session = new PeerSession(context, PEER, keys, 0);
  session.openStream({ host: { type: 'name', name: 'site.example' }, port: 443 }, 0);
  const done: string[] = [];
  const hungUp: PeerLink[] = [];
  const actions = {
    dial: ({ port }: { readonly port: number }) => done.push(`dial ${port}`),
    route: () => null,
    doubt: () => {},
    sendHello: () => done.push('hello'),
    hangUp: (peerLink: PeerLink) => hungUp.push(peerLink),
  };
  const ways = new PeerWays(PEER, session, context, actions, null);
  ways.approach.setEndpoints([endpoint('udp', 5)]);
  const take = (nowMs: number): string[] => {
    ways.approach.tick(nowMs);
    return done.splice(0);
  };
  return { ways, session, hungUp, take };
}

const dialled = (): PeerLink => new PeerLink(new FakeLink(), endpoint('udp', 5));
const accepted = (): PeerLink => new PeerLink(new FakeLink(), null);

function routed(): PeerLink {
  const firstHop = { directLink: dialled() };
  return new PeerLink(new RoutedLink(PEER, [nodeId(9)], firstHop, () => {}), null, true);
}

t.test('a way is sought where there is none', async (t) => {
  const { ways, session, take } = make();
  ways.seek(0);
  t.same(take(0), ['dial 5']);
  const link = dialled();
  ways.opened(link, 0);
  t.same(take(0), ['hello']);
  ways.answered(link);
  session.paths.open(link, true);
  ways.seek(1);
  ways.helped(true, 1);
  t.same(take(1), []);
  t.ok(ways.closed(link, false, 2), 'the only one is gone');
  ways.helped(false, 3);
  t.notOk(ways.approach.isActive, 'nobody wants it');
  ways.helped(true, 3);
  t.same(take(3), ['dial 5']);
});

t.test('which links are missed', async (t) => {
  const { ways, session } = make();
  const [direct, byRelay, spare] = [dialled(), routed(), accepted()];
  for (const peerLink of [direct, byRelay, spare]) ways.links.add(peerLink, null);
  session.paths.open(direct, true);
  session.paths.open(byRelay, false);
  t.notOk(ways.closed(spare, false, 0), 'one without a path is not');
  t.notOk(ways.closed(byRelay, false, 0), 'nor one over relays beside another');
  t.ok(ways.closed(direct, false, 0));
  t.notOk(session.paths.hasPath);
});

t.test('what is hung up when one link answers, the session is over, or the peer is removed', async (t) => {
  const { ways, hungUp } = make();
  const [first, second, theirs] = [dialled(), dialled(), accepted()];
  for (const peerLink of [first, second, theirs]) ways.links.add(peerLink, null);
  ways.answered(first);
  t.same(hungUp.splice(0), [second]);
  ways.sessionEnded('said-goodbye', false, 0, 0);
  t.same(hungUp, []);
  ways.sessionEnded('silent', false, 0, 0);
  t.same(hungUp.splice(0), [first], 'what the peer has chosen may still be good');
  ways.close();
  t.same(hungUp, [theirs]);
});

t.test('the next session is sought where it is wanted, and not at once after GOODBYE', async (t) => {
  for (const [reason, isWanted, dialsAt] of [
    ['silent', true, 'at once'],
    ['silent', false, 'never'],
    ['said-goodbye', true, 'later'],
    ['removed', true, 'never'],
  ] as const) {
    const { ways, take } = make();
    ways.alternates.isUsed = true;
    ways.sessionEnded(reason, isWanted, 0, 0);
    const atOnce = take(0).length;
    const later = take(120_000).length;
    t.equal(atOnce > 0 ? 'at once' : later > 0 ? 'later' : 'never', dialsAt, `${reason}, ${isWanted}`);
  }
});
