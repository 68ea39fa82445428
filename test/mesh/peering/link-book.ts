import t from 'tap';
import { LinkBook } from '../../../mesh/peering/link-book.ts';
import type { Peer } from '../../../mesh/peering/peer.ts';
import type { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { Prospect } from '../../../mesh/peering/prospect.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';
import { idlePeer } from './fixtures/fake-peer.ts';

const sodium = await loadSodium();
const UDP = endpoint('udp');
const [peer, other, third] = [8, 9, 10].map((number) => idlePeer(sodium, number)) as [Peer, Peer, Peer];

function prospect(): Prospect {
  return new Prospect(null, [UDP], { dial: () => {}, sendHello: () => {}, hangUp: () => {} });
}

/** Has a link return its challenge. */
function validate(peerLink: PeerLink): void {
  peerLink.challenge = new Uint8Array(8);
  peerLink.answered(new Uint8Array(8));
}

t.test('a dial becomes a link of its owner, once', async (t) => {
  const book = new LinkBook();
  const owner = prospect();
  const first = book.dial(owner, UDP);
  const second = book.dial(owner, UDP);
  t.not(first, second);
  const link = new FakeLink();
  const opened = book.opened(first, link);
  t.equal(opened?.owner, owner);
  t.same(opened?.peerLink.dialled, UDP);
  t.equal(opened?.peerLink.link, link);
  t.equal(book.opened(first, new FakeLink()), null);
  t.equal(book.opened(999, new FakeLink()), null);
  t.equal(book.find(link, peer).owner, owner);
  t.equal(book.claim(book.find(link, peer), peer), null, 'whoever answers there is that server');
  t.equal(book.get(link)?.owner, peer);
  t.equal(book.get(link)?.peerLink, opened?.peerLink);
});

t.test('an unknown link is not entered by looking it up', async (t) => {
  const book = new LinkBook();
  const link = new FakeLink();
  const entry = book.find(link, peer);
  t.equal(entry.owner, null);
  t.equal(entry.peerLink.dialled, null);
  t.not(book.find(link, peer).peerLink, entry.peerLink);
  t.equal(book.get(link), null);
  t.equal(book.remove(link), null);
});

t.test('a link is forgotten', async (t) => {
  const book = new LinkBook();
  const link = new FakeLink();
  const opened = book.opened(book.dial(prospect(), UDP), link);
  t.equal(book.remove(link)?.peerLink, opened?.peerLink);
  t.equal(book.remove(link), null);
  t.equal(book.get(link), null);
});

for (const what of ['dialled to', 'chosen by'] as const) {
  t.test(`on a link ${what} another a peer begins with nothing, and leaves its owner alone`, async (t) => {
    const book = new LinkBook();
    const link = new FakeLink();
    if (what === 'dialled to') book.opened(book.dial(peer, UDP), link);
    else book.claim(book.find(link, peer), peer);
    const own = book.find(link, peer);
    validate(own.peerLink);
    t.equal(own.owner, peer);
    const guest = book.find(link, other);
    t.not(guest.peerLink, own.peerLink);
    t.notOk(guest.peerLink.isValidated);
    t.notOk(guest.peerLink.isOwn);
    t.equal(book.claim(guest, other), null);
    t.equal(book.get(link), own);
    t.equal(book.find(link, peer), own);
    t.equal(book.find(link, other), guest, 'it is remembered');
    const next = book.find(link, third);
    t.equal(book.claim(next, third), null);
    t.not(book.find(link, other), guest, 'the last one only');
    t.ok(book.removeGuest(next.peerLink), 'its end is not the link’s');
    t.equal(book.get(link), own);
    t.not(book.find(link, third), next);
    t.notOk(book.removeGuest(own.peerLink), 'the owner’s is');
  });
}

t.test('who has shown that a link leads to it gets it', async (t) => {
  const book = new LinkBook();
  const link = new FakeLink();
  const before = book.find(link, peer);
  book.claim(before, peer);
  const guest = book.find(link, other);
  book.claim(guest, other);
  validate(guest.peerLink);
  t.equal(book.claim(guest, other), before);
  t.equal(book.get(link), guest);
  t.equal(book.claim(guest, other), null);
  t.not(book.find(link, peer), before, 'the one before begins anew');
  t.equal(book.remove(link), guest);
});

t.test('with a link its guest is forgotten', async (t) => {
  const book = new LinkBook();
  const link = new FakeLink();
  book.claim(book.find(link, peer), peer);
  const guest = book.find(link, other);
  book.claim(guest, other);
  book.remove(link);
  t.not(book.find(link, other), guest);
});
