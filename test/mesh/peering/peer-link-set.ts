import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { PeerLinkSet } from '../../../mesh/peering/peer-link-set.ts';
import { FakeLink } from './fixtures/fake-link.ts';

const DIALLED = { transport: 'udp', host: '192.0.2.7', port: 4_840 } as const;

function makeSet(): { links: PeerLinkSet; closed: PeerLink[] } {
  const closed: PeerLink[] = [];
  return { links: new PeerLinkSet((peerLink) => closed.push(peerLink)), closed };
}

t.test('a peer has at most 16 links that it dialled: the oldest goes, but not the one in use', async (t) => {
  const { links, closed } = makeSet();
  const accepted = Array.from({ length: 17 }, () => new PeerLink(new FakeLink(), null));
  const dialled = new PeerLink(new FakeLink(), DIALLED);
  links.add(dialled, null);
  for (const peerLink of accepted) links.add(peerLink, accepted[0]!);
  t.same(closed, [accepted[1]]);
  links.add(accepted[5]!, null);
  t.equal(closed.length, 1, 'a link that is there already changes nothing');
});

t.test('hanging up: one, those that were dialled but one, all', async (t) => {
  const { links, closed } = makeSet();
  const accepted = new PeerLink(new FakeLink(), null);
  const dialled = Array.from({ length: 3 }, () => new PeerLink(new FakeLink(), DIALLED));
  for (const peerLink of [accepted, ...dialled]) links.add(peerLink, null);
  links.hangUp(dialled[0]!);
  t.same(closed, [dialled[0]]);
  links.hangUpDialled(dialled[1]!);
  t.same(closed, [dialled[0], dialled[2]]);
  links.hangUpOwn();
  t.same(closed, [dialled[0], dialled[2], dialled[1]]);
  const other = new PeerLink(new FakeLink(), null);
  links.add(other, null);
  links.remove(accepted);
  links.hangUpAll();
  t.same(closed.slice(3), [other], 'a removed link is not closed again');
});

t.test('hanging up connections that are in use', async (t) => {
  const { links, closed } = makeSet();
  const make = (reliable: boolean, pathId: number | null): PeerLink => {
    const peerLink = new PeerLink(new FakeLink({ reliable }), DIALLED);
    peerLink.pathId = pathId;
    links.add(peerLink, null);
    return peerLink;
  };
  make(false, 1);
  make(true, null);
  t.notOk(links.hangUpReliable(), 'datagrams and what is being dialled are none');
  const connections = [make(true, 2), make(true, 3)];
  t.ok(links.hangUpReliable());
  t.same(closed, connections);
});
