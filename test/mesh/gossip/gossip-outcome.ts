import t from 'tap';
import { OutcomeDraft } from '../../../mesh/gossip/gossip-outcome.ts';
import { nodeId } from './fixtures/documents.ts';

t.test('frames and events stay in the order they came in', async (t) => {
  const draft = new OutcomeDraft();
  const frame = { type: 'want', bytes: Uint8Array.of(1) } as const;
  draft.push('all-live', nodeId(2), frame);
  draft.send(nodeId(3), frame);
  draft.push('servers', null, frame);
  draft.say({ type: 'node-known', id: nodeId(4) });
  draft.say({ type: 'node-changed', id: nodeId(4) });
  t.same(draft.actions, [
    { to: 'all-live', except: 2, frame },
    { to: 3, except: null, frame },
    { to: 'servers', except: null, frame },
  ]);
  t.same(
    draft.events.map(({ type }) => type),
    ['node-known', 'node-changed'],
  );
});
