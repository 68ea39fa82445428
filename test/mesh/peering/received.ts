import t from 'tap';
import { goodbyeFrame, sortFrames } from '../../../mesh/peering/received.ts';
import type { MeshFrame } from '../../../mesh/session/session-event.ts';
import { fromHex } from '../../fixtures/wire/hex.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

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
