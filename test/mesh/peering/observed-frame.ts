import t from 'tap';
import { observedFrame } from '../../../mesh/peering/observed-frame.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

function linkFrom(remote: string): FakeLink {
  const link = new FakeLink();
  Object.defineProperty(link, 'remote', { value: remote });
  return link;
}

t.test('who dialled is told where it comes from', async (t) => {
  for (const [remote, address] of [
    ['udp://8.8.8.8:4840', { transport: 'udp', host: '8.8.8.8', port: 4_840 }],
    ['tcp://[2a00::1]:1', { transport: 'tcp', host: '2a00::1', port: 1 }],
    ['wss://8.8.8.8:443/path?host=www.example.com', { transport: 'wss', host: '8.8.8.8', port: 443 }],
  ] as const) {
    const frame = observedFrame(new PeerLink(linkFrom(remote), null));
    t.same(frame, { type: 'observed', address: { ...address, source: 'observed' } });
  }
});

t.test('who was dialled is told nothing', async (t) => {
  t.equal(observedFrame(new PeerLink(linkFrom('udp://8.8.8.8:4840'), endpoint('udp'))), null);
});

t.test('a link that knows no address tells none', async (t) => {
  for (const remote of ['fake://link', '', 'tcp://:0', 'udp://host.example:5', 'udp://8.8.8.8:0'])
    t.equal(observedFrame(new PeerLink(linkFrom(remote), null)), null, remote);
});
