import t from 'tap';
import { RouteBook } from '../../../mesh/peering/route-book.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { FakeLink } from './fixtures/fake-link.ts';

const [NINE, TEN, TO, OTHER] = [nodeId(9), nodeId(10), nodeId(42), nodeId(43)];

t.test('a way is one link while it is in use, and a new one each time before', async (t) => {
  const book = new RouteBook(() => ({ directLink: null }));
  const link = book.find(TO, [NINE])!;
  t.not(book.find(TO, [NINE]), link);
  book.enter(link);
  t.equal(book.find(TO, [NINE]), link);
  for (const other of [book.find(OTHER, [NINE]), book.find(TO, [TEN]), book.find(TO, [NINE, TEN])]) t.not(other, link);
  link.close();
  t.not(book.find(TO, [NINE]), link);
});

t.test('the order of relays counts', async (t) => {
  const book = new RouteBook(() => ({ directLink: null }));
  const there = book.find(TO, [NINE, TEN])!;
  const back = book.find(TO, [TEN, NINE])!;
  book.enter(there);
  book.enter(back);
  t.equal(book.find(TO, [NINE, TEN]), there);
  t.equal(book.find(TO, [TEN, NINE]), back);
  t.same(book.by(NINE), [there]);
  t.same(book.by(TEN), [back]);
  t.same(book.by(TO), []);
});

t.test('closing one that was replaced leaves its successor', async (t) => {
  const book = new RouteBook(() => ({ directLink: null }));
  const old = book.find(TO, [NINE])!;
  const now = book.find(TO, [NINE])!;
  book.enter(old);
  book.enter(now);
  old.close();
  t.equal(book.find(TO, [NINE]), now);
});

t.test('all ways through a relay, wherever it stands', async (t) => {
  const book = new RouteBook(() => ({ directLink: null }));
  const [one, two, three] = [book.find(TO, [NINE])!, book.find(TO, [TEN, NINE])!, book.find(TO, [TEN, OTHER])!];
  for (const link of [one, two, three]) book.enter(link);
  t.same(book.through(NINE), [one, two]);
  t.same(book.through(TEN), [two, three]);
  t.same(book.by(NINE), [one]);
});

t.test('a relay that is not known leads nowhere', async (t) => {
  const book = new RouteBook((relay) => (relay === NINE ? { directLink: null } : null));
  t.ok(book.find(TO, [NINE, TEN]));
  t.equal(book.find(TO, [TEN, NINE]), null);
});

t.test('a message is found by its tag and a relay on its way', async (t) => {
  const book = new RouteBook(() => ({ directLink: { link: new FakeLink() } }));
  const one = book.find(TO, [NINE])!;
  const two = book.find(TO, [TEN, OTHER])!;
  for (const link of [one, two]) book.enter(link);
  const message = two.takeBuffer(100).fill(7).slice(0, 100);
  two.send(message, 100, 100);
  const tag = message.subarray(48, 64);
  t.equal(book.sentBy(NINE, tag, 0), null);
  t.equal(book.sentBy(TEN, tag, 0), two);
  t.equal(book.sentBy(OTHER, tag, 0), two);
  t.equal(book.sentBy(TEN, tag, 19), null, 'nobody is listened to all the time');
  t.equal(book.sentBy(TEN, new Uint8Array(16), 20), null);
  two.close();
  t.equal(book.sentBy(TEN, tag, 40), null);
});

t.test('ways that messages claim, and on which nothing was sent, cost little memory', async (t) => {
  const routes = new RouteBook(() => ({ directLink: null }));
  const before = process.memoryUsage().arrayBuffers;
  const claimed = Array.from({ length: 5_000 }, (_, index) => routes.find(nodeId(1 + (index % 250)), [nodeId(254)]));
  t.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
  t.ok(claimed.every((link) => link?.hasSent(new Uint8Array(16)) === false));
});
