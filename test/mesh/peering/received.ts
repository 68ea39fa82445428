import t from 'tap';
import type { PeerEvent } from '../../../mesh/peering/peer-context.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { goodbyeFrame, type Received, reportReceived, sortFrames } from '../../../mesh/peering/received.ts';
import type { MeshFrame } from '../../../mesh/session/session-event.ts';
import { fromHex } from '../../fixtures/wire/hex.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';
import { FakeLink } from './fixtures/fake-link.ts';

const bytes = fromHex('beef');

t.test('frames go where they belong, in order', async (t) => {
  const gossip: MeshFrame[] = [
    { type: 'digest', bytes },
    { type: 'records', bytes },
    { type: 'want', bytes },
    { type: 'witness', bytes },
  ];
  const mail: MeshFrame[] = [
    { type: 'oob', topic: 'a', bytes },
    { type: 'punch', step: 'ask', node: nodeId(3) },
  ];
  const address = { transport: 'udp', source: 'observed', host: '8.8.8.8', port: 1 } as const;
  const tokens: Uint8Array[] = [];
  const sorted = sortFrames(
    [
      { type: 'observed', address },
      ...gossip,
      ...mail,
      { type: 'unreachable', tag: bytes },
      { type: 'response', token: bytes },
      { type: 'time', sentMs: 1, answer: null },
      goodbyeFrame(null),
    ],
    (token) => tokens.push(token),
  );
  t.same(sorted, {
    gossip,
    mail,
    observed: address,
    unreachable: bytes,
    goodbye: { type: 'goodbye', reason: 'stopping', backInS: 0 },
    time: { type: 'time', sentMs: 1, answer: null },
  });
  t.same(tokens, [bytes]);
  t.same(
    sortFrames([], () => t.fail('there was no answer')),
    { gossip: [], mail: [], observed: null, unreachable: null, goodbye: null, time: null },
  );
});

t.test('of several the last counts', async (t) => {
  const sorted = sortFrames([goodbyeFrame(null), goodbyeFrame(30)], () => {});
  t.same(sorted.goodbye, { type: 'goodbye', reason: 'restarting', backInS: 30 });
});

t.test('seconds are whole, and rather too many', async (t) => {
  t.same(goodbyeFrame(1.2), { type: 'goodbye', reason: 'restarting', backInS: 2 });
  t.same(goodbyeFrame(0), { type: 'goodbye', reason: 'restarting', backInS: 0 });
});

t.test('the node is told what is not for the peer itself', async (t) => {
  const told: [number, PeerEvent][] = [];
  const by = new PeerLink(Object.assign(new FakeLink(), { localPort: 7 }), null);
  const address = { transport: 'udp', source: 'observed', host: '8.8.8.8', port: 1 } as const;
  const nothing = { replaced: true, gossip: [], goodbye: null, mail: [], observed: null, unreachable: null };
  const received: Received = { ...nothing, isActive: true, isBeat: false };
  const context = { emit: (peer: number, event: PeerEvent) => told.push([peer, event]) };
  reportReceived(received, by, context, nodeId(3));
  t.same(told, []);
  const gossip = { type: 'want', bytes } as const;
  const mail = { type: 'punch', step: 'ask', node: nodeId(3) } as const;
  const all = { ...received, gossip: [gossip], mail: [mail], unreachable: bytes, observed: address };
  reportReceived(all, by, context, nodeId(3));
  t.same(told, [
    [3, { type: 'gossip', frame: gossip }],
    [3, { type: 'mail', frame: mail }],
    [3, { type: 'unreachable', tag: bytes }],
    [3, { type: 'observed', address, localPort: 7 }],
  ]);
});
