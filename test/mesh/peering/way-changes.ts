import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { RoutedLink } from '../../../mesh/peering/routed-link.ts';
import { WayChanges } from '../../../mesh/peering/way-changes.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const direct = (remote: string): PeerLink => new PeerLink(new FakeLink({ remote }), endpoint('udp'));
const UDP = direct('udp://192.0.2.1:4840');
const TCP = direct('tcp://192.0.2.1:4840');

function routed(...relays: readonly [number] | readonly [number, number]): PeerLink {
  const [first, second] = relays.map((id) => nodeId(id));
  const ids = second === undefined ? ([first!] as const) : ([first!, second] as const);
  return new PeerLink(new RoutedLink(nodeId(42), ids, { directLink: UDP }, () => {}), null, true);
}

t.test('which way, and why', async (t) => {
  const changes = new WayChanges();
  const relay = routed(2);
  t.equal(changes.review(UDP, 'only', 0), null, 'the first one is no change');
  t.equal(changes.review(relay, 'silent', 1), 'by relay 2 now, directly by UDP before: the way in use did not answer');
  t.equal(changes.review(relay, 'silent', 2), null);
  t.equal(
    changes.review(routed(2, 4), 'unreachable', 3),
    'by relays 2 and 4 now, by relay 2 before: a relay said that the way in use leads nowhere',
  );
  t.equal(
    changes.review(TCP, 'better', 4),
    'directly by TCP now, by relays 2 and 4 before: it has been better than the way in use for a while',
  );
  t.equal(changes.review(UDP, 'moved', 5), 'directly by UDP now, directly by TCP before: it is a new direct link');
});

t.test('another link of the same kind is no other way, and a new session begins anew', async (t) => {
  const changes = new WayChanges();
  changes.review(UDP, 'only', 0);
  t.equal(changes.review(direct('udp://198.51.100.1:9'), 'moved', 1), null);
  changes.end();
  t.equal(changes.review(TCP, 'only', 2), null);
});

t.test('what took the place of a link that ended, later on, says so', async (t) => {
  const changes = new WayChanges();
  changes.review(TCP, 'only', 0);
  t.equal(changes.review(null, 'only', 1), null);
  t.match(changes.review(UDP, 'only', 2), /directly by TCP before: the link in use ended$/);
});

t.test('a few a minute are told, and how many were not', async (t) => {
  const changes = new WayChanges();
  const told: string[] = [];
  for (let nowMs = 0; nowMs < 600_000; nowMs += 1_000) {
    const text = changes.review(nowMs % 2_000 === 0 ? UDP : TCP, 'moved', nowMs);
    if (text !== null) told.push(text);
  }
  t.ok(told.length >= 30 && told.length <= 34, `${told.length} in ten minutes`);
  t.match(told.at(-1), /before, after \d+ more changes: /);
});

t.test('the last change is told once there is room for it', async (t) => {
  const changes = new WayChanges();
  changes.review(UDP, 'only', 0);
  const told = Array.from({ length: 5 }, (_, index) => changes.review(index % 2 === 0 ? TCP : UDP, 'moved', index));
  t.equal(told.filter((text) => text !== null).length, 4);
  t.equal(changes.review(TCP, 'moved', 19_000), null);
  t.match(changes.review(TCP, 'moved', 20_010), /^directly by TCP now, directly by UDP before, after 1 more change: /);
  t.equal(changes.review(TCP, 'moved', 60_000), null, 'once');
});
