import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { Prospect } from '../../../mesh/peering/prospect.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const UDP = endpoint('udp');
const TCP = endpoint('tcp');

t.test('it is approached until somebody answers', async (t) => {
  const done: string[] = [];
  const prospect = new Prospect(null, [UDP, TCP], {
    dial: ({ transport }) => done.push(`dial ${transport}`),
    sendHello: ({ dialled }) => done.push(`hello ${dialled?.transport}`),
    hangUp: ({ dialled }) => done.push(`hang up ${dialled?.transport}`),
  });
  t.equal(prospect.wakeAtMs, Infinity);
  t.same(prospect.endpoints, [UDP, TCP]);
  prospect.start(0);
  t.equal(prospect.wakeAtMs, 0);
  prospect.tick(0);
  const udp = new PeerLink(new FakeLink(), UDP);
  prospect.linkOpened(udp, 0);
  prospect.linkClosed(udp, true, 20);
  t.equal(prospect.wakeAtMs, 20, 'a refusal brings the next');
  prospect.tick(20);
  const tcp = new PeerLink(new FakeLink({ reliable: true }), TCP);
  prospect.linkOpened(tcp, 20);
  prospect.answered(tcp);
  t.equal(prospect.wakeAtMs, Infinity);
  t.same(done, ['dial udp', 'hello udp', 'dial tcp', 'hello tcp']);
});

t.test('stopping closes what waits', async (t) => {
  const hungUp: PeerLink[] = [];
  const prospect = new Prospect(null, [UDP], {
    dial: () => {},
    sendHello: () => {},
    hangUp: (peerLink) => hungUp.push(peerLink),
  });
  prospect.start(0);
  const udp = new PeerLink(new FakeLink(), UDP);
  prospect.linkOpened(udp, 0);
  prospect.stop();
  t.same(hungUp, [udp]);
  t.equal(prospect.wakeAtMs, Infinity);
});
