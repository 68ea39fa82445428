import t from 'tap';
import { LinkBook } from '../../../mesh/peering/link-book.ts';
import { Prospect } from '../../../mesh/peering/prospect.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const UDP = endpoint('udp');

function prospect(): Prospect {
  return new Prospect(null, [UDP], { dial: () => {}, sendHello: () => {}, hangUp: () => {} });
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
  t.equal(book.find(link).owner, owner);
});

t.test('an unknown link is not entered by looking it up', async (t) => {
  const book = new LinkBook();
  const link = new FakeLink();
  const entry = book.find(link);
  t.equal(entry.owner, null);
  t.equal(entry.peerLink.dialled, null);
  t.not(book.find(link).peerLink, entry.peerLink);
  t.equal(book.remove(link), null);
});

t.test('a link is forgotten', async (t) => {
  const book = new LinkBook();
  const link = new FakeLink();
  const opened = book.opened(book.dial(prospect(), UDP), link);
  t.equal(book.remove(link)?.peerLink, opened?.peerLink);
  t.equal(book.remove(link), null);
  t.not(book.find(link).peerLink, opened?.peerLink);
});
