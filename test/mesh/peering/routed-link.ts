import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { RoutedLink } from '../../../mesh/peering/routed-link.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const [NINE, TWO_HUNDRED, TO] = [nodeId(9), nodeId(200), nodeId(42)];

function make(link: FakeLink | null = new FakeLink()) {
  const firstHop = { directLink: link && new PeerLink(link, endpoint('udp')) };
  const closed: RoutedLink[] = [];
  const routed = new RoutedLink(TO, [NINE, TWO_HUNDRED], firstHop, (one) => closed.push(one));
  return { routed, firstHop, closed };
}

t.test('it sends by the link that its first relay has at the moment', async (t) => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const { routed, firstHop } = make(first);
  routed.send(routed.takeBuffer(100).fill(1), 100, 50);
  firstHop.directLink = new PeerLink(second, endpoint('tcp'));
  routed.send(routed.takeBuffer(70).fill(2), 70, 70);
  t.same(
    [first, second].map(({ sent }) => sent.map(({ bytes, messageBytes }) => [bytes.length, messageBytes])),
    [[[100, 50]], [[70, 70]]],
  );
  const lent = routed.takeBuffer(10);
  firstHop.directLink = new PeerLink(first, endpoint('udp'));
  routed.send(lent, 10, 10);
  t.equal(second.sent.length, 2, 'a buffer goes back to who lent it');
  t.same([first.lent, second.lent], [0, 0]);
});

t.test('messages that are too long for the link that its first relay has now are lost', async (t) => {
  const link = new FakeLink({ maxMessageBytes: 1_400 });
  const { routed, firstHop } = make(link);
  for (const bytes of [1_400, 1_401, 3_000]) routed.send(routed.takeBuffer(3_000), bytes, bytes);
  routed.send(routed.takeBuffer(3_000), 1_300, 1_472);
  t.same(
    link.sent.map(({ bytes }) => bytes.length),
    [1_400, 1_300],
  );
  const stream = new FakeLink({ reliable: true, maxMessageBytes: 1_400 });
  firstHop.directLink = new PeerLink(stream, endpoint('tcp'));
  routed.send(routed.takeBuffer(3_000), 3_000, 3_000);
  t.equal(stream.sent.length, 1, 'a reliable link takes all that fits a batch');
});

t.test('without its first relay it takes what it is given, and is not writable', async (t) => {
  const { routed, firstHop } = make(null);
  t.notOk(routed.writable);
  t.notOk(routed.isOpen);
  routed.send(routed.takeBuffer(100), 100, 100);
  t.equal(routed.remote, 'relays 9, 200 (away)');
  t.equal(routed.maxProbeBytes, 1_232);
  const link = new FakeLink();
  firstHop.directLink = new PeerLink(link, endpoint('udp'));
  t.ok(routed.writable);
  t.ok(routed.isOpen);
  link.writable = false;
  t.notOk(routed.writable);
  t.ok(routed.isOpen);
});

t.test('it carries datagrams, whatever is below', async (t) => {
  for (const [link, maxProbeBytes] of [
    [new FakeLink(), 1_232],
    [new FakeLink({ maxMessageBytes: 1_400 }), 1_400],
    [new FakeLink({ maxMessageBytes: 9_000 }), 1_472],
    [new FakeLink({ maxMessageBytes: 600 }), 1_232],
    [new FakeLink({ reliable: true }), 1_472],
  ] as const) {
    const { routed } = make(link);
    t.notOk(routed.reliable);
    t.equal(routed.maxMessageBytes, 1_232);
    t.equal(routed.maxProbeBytes, maxProbeBytes);
  }
});

t.test('the relay’s link is its own: neither kept nor closed with it', async (t) => {
  const link = new FakeLink();
  const { routed, closed } = make(link);
  routed.keep();
  routed.close();
  t.notOk(link.isKept);
  t.notOk(link.isClosed);
  t.same(closed, [routed]);
});

t.test('as a peer’s link it knows its relays, and is proven only where this side chose it', async (t) => {
  const { routed } = make();
  const accepted = new PeerLink(routed, null);
  t.same([accepted.relay1, accepted.relay2, accepted.isOwn, accepted.isValidated], [9, 200, false, false]);
  const chosen = new PeerLink(routed, null, true);
  t.same([chosen.isOwn, chosen.isValidated, chosen.dialled], [true, true, null]);
  const direct = new PeerLink(new FakeLink(), endpoint('udp'));
  t.same([direct.relay1, direct.relay2, direct.isOwn], [0, 0, true]);
});
