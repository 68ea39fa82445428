import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { RoutedLink } from '../../../mesh/peering/routed-link.ts';
import { WayTotals } from '../../../mesh/peering/way-totals.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

function direct(remote: string, sentBytes = 0, receivedBytes = 0): PeerLink {
  const peerLink = new PeerLink(new FakeLink({ remote }), endpoint('udp'));
  peerLink.sent(sentBytes);
  peerLink.received(receivedBytes);
  return peerLink;
}

function routed(relay: number, sentBytes = 0): PeerLink {
  const link = new RoutedLink(nodeId(42), [nodeId(relay)], { directLink: direct('udp://192.0.2.1:1') }, () => {});
  const peerLink = new PeerLink(link, null, true);
  peerLink.sent(sentBytes);
  return peerLink;
}

t.test('ways go on counting, each its own, whatever the address', async (t) => {
  const totals = new WayTotals();
  totals.ended(direct('udp://192.0.2.1:1', 5, 50));
  totals.ended(direct('udp://198.51.100.1:2', 7, 70));
  totals.ended(direct('tcp://192.0.2.1:1', 11));
  totals.ended(routed(2, 13));
  t.match(totals.before(direct('udp://203.0.113.1:3')), { sent: { totalBytes: 12 }, receivedBytes: 120 });
  t.match(totals.before(direct('tcp://203.0.113.1:3')), { sent: { totalBytes: 11 }, receivedBytes: 0 });
  t.match(totals.before(routed(2)), { sent: { totalBytes: 13 } });
  t.equal(totals.before(routed(3)), null);
});

t.test('links by which nothing went leave nothing, and old ways are forgotten', async (t) => {
  const totals = new WayTotals();
  totals.ended(direct('udp://192.0.2.1:1'));
  t.equal(totals.before(direct('udp://192.0.2.1:1')), null);
  for (let relay = 1; relay <= 65; relay++) totals.ended(routed(relay, 1));
  t.equal(totals.before(routed(1)), null);
  t.match(totals.before(routed(65)), { sent: { totalBytes: 1 } });
});
