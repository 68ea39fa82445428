import t from 'tap';
import { formatEndpoint, type Endpoint } from '../../../config/endpoint.ts';
import { Approach } from '../../../mesh/peering/approach.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const UDP = endpoint('udp');
const TCP = endpoint('tcp');

/** An approach, and what it wanted done. */
function make(lastGood: string | null = null, detours = 0) {
  const dials: Endpoint[] = [];
  const hellos: { peerLink: PeerLink; network: string }[] = [];
  const hungUp: PeerLink[] = [];
  const approach = new Approach(
    {
      hasDetours: () => detours > 0,
      dialDetours: () => detours,
      dial: (dialled) => dials.push(dialled),
      sendHello: (peerLink) => hellos.push({ peerLink, network: peerLink.nextNetwork }),
      hangUp: (peerLink) => hungUp.push(peerLink),
    },
    lastGood,
  );
  return { approach, dials, hellos, hungUp };
}

function linkTo(to: Endpoint): PeerLink {
  return new PeerLink(new FakeLink({ reliable: to.transport === 'tcp' }), to);
}

t.test('HELLO is repeated on a datagram link, ever more rarely, and not on a reliable one', async (t) => {
  const { approach, dials, hellos } = make();
  approach.setEndpoints([UDP, TCP]);
  approach.start(0);
  approach.tick(0);
  t.same(dials, [UDP]);
  const udp = linkTo(UDP);
  approach.linkOpened(udp, 0);
  const times: number[] = [];
  for (let nowMs = 0; nowMs < 4_900; nowMs += 50) {
    const before = hellos.length;
    approach.tick(nowMs);
    if (hellos.length > before) times.push(nowMs);
    if (dials.length === 2 && hellos.every(({ peerLink }) => peerLink === udp)) approach.linkOpened(linkTo(TCP), nowMs);
  }
  t.same(dials, [UDP, TCP]);
  t.same(times, [250, 750, 1_750, 3_750]);
  t.equal(hellos.filter(({ peerLink }) => peerLink.link.reliable).length, 1);
});

t.test('network keys take turns on one link, and from one connection to the next', async (t) => {
  const { approach, hellos } = make();
  approach.setEndpoints([UDP, TCP]);
  approach.start(0);
  approach.linkOpened(linkTo(UDP), 0);
  for (const nowMs of [250, 750, 1_750]) approach.tick(nowMs);
  t.same(
    hellos.map(({ network }) => network),
    ['newest', 'older', 'newest', 'older'],
  );
  hellos.length = 0;
  // A listener that can't read the first message of a connection reads nothing of it any more.
  for (let count = 0; count < 4; count++) approach.linkOpened(linkTo(TCP), 2_000);
  t.same(
    hellos.map(({ network }) => network),
    ['newest', 'older', 'newest', 'older'],
  );
});

t.test('the first that answers is kept', async (t) => {
  const { approach, hungUp } = make();
  approach.setEndpoints([UDP, TCP]);
  approach.start(0);
  const [udp, tcp] = [linkTo(UDP), linkTo(TCP)];
  approach.linkOpened(udp, 0);
  approach.linkOpened(tcp, 250);
  approach.answered(tcp);
  t.same(hungUp, [udp]);
  t.equal(approach.lastGood, formatEndpoint(TCP));
  t.notOk(approach.isActive);
  t.equal(approach.wakeAtMs, Infinity);
});

t.test('a round without an answer closes its links', async (t) => {
  const { approach, hungUp, dials } = make();
  approach.setEndpoints([UDP]);
  approach.start(0);
  approach.tick(0);
  const udp = linkTo(UDP);
  approach.linkOpened(udp, 0);
  approach.tick(5_000);
  t.same(hungUp, [udp]);
  t.ok(approach.isActive);
  t.equal(approach.wakeAtMs, 6_000);
  approach.tick(6_000);
  t.equal(dials.length, 2);
  approach.stop();
  t.notOk(approach.isActive);
});

t.test('refused is who refused everywhere and was not heard meanwhile', async (t) => {
  const { approach } = make();
  t.notOk(approach.isRefused, 'who has no address has refused nothing');
  approach.setEndpoints([UDP, TCP]);
  approach.start(0);
  const refuse = (to: Endpoint, isRefused = true): void => {
    const peerLink = linkTo(to);
    approach.linkOpened(peerLink, 0);
    approach.linkClosed(peerLink, isRefused, 0);
  };
  refuse(UDP);
  refuse(UDP);
  t.notOk(approach.isRefused, 'one address, twice');
  refuse(TCP, false);
  t.notOk(approach.isRefused, 'another closed otherwise');
  refuse(TCP);
  t.ok(approach.isRefused);
  approach.heard(true);
  t.notOk(approach.isRefused);
  refuse(UDP);
  approach.linkClosed(linkTo(TCP), true, 0);
  t.notOk(approach.isRefused, 'a link that was in use is not an attempt');
});

t.test('where it answered before its number was known counts beside what its record says', async (t) => {
  const { approach, dials } = make();
  approach.start(0);
  t.notOk(approach.isActive, 'nowhere to dial');
  approach.setEndpoints([TCP]);
  approach.setProven([UDP]);
  approach.start(0);
  approach.tick(0);
  approach.tick(250);
  t.same(dials, [UDP, TCP]);
  approach.setEndpoints([endpoint('tcp', 1)]);
  approach.startLater(0, 10, 0);
  t.ok(approach.isActive);
});
