import t from 'tap';
import type { ControlRequest } from '../../../node/control/control-request.ts';
import { controlHandler, type ControlledNode } from '../../../node/control/node-control.ts';
import { nodeReportSchema } from '../../../node/control/reports.ts';
import { MadeUpNode, STATUS } from '../fixtures/controlled-node.ts';
import { nodeId } from '../fixtures/network.ts';
import { viewOf } from '../fixtures/recording-mesh.ts';

async function ask(running: ControlledNode | null, request: ControlRequest): Promise<unknown[]> {
  const items: unknown[] = [];
  const { signal } = new AbortController();
  await controlHandler(() => running)(request, (item) => items.push(item), { signal });
  return items;
}

t.test('each request gets its answer', async (t) => {
  const running = new MadeUpNode();
  t.same(await ask(running, { do: 'status' }), [STATUS]);
  const nodes = await ask(running, { do: 'nodes' });
  t.same(
    nodes.map((item) => nodeReportSchema.parse(item)),
    [viewOf(nodeId(3))],
  );
  t.same(await ask(running, { do: 'ping', node: 3, count: 1, everyMs: 10 }), [{ sequence: 1, rttMs: 2 }]);
  t.match(await ask(running, { do: 'paths', node: 3 }), [
    { relays: [], why: 'in use' },
    { relays: [4], why: 'costs 5.0 ms more' },
    { relays: [4, 9], why: 'does not answer' },
  ]);
  const document = Buffer.from('signed').toString('base64');
  t.same(await ask(running, { do: 'admit', kind: 'revocation', document }), [{ admitted: true }]);
  t.same(await ask(running, { do: 'admit', kind: 'key-change', document }), [{ admitted: false }]);
  const leaving = { stopAfterS: 60, backInS: null };
  t.match(await ask(running, { do: 'drain', ...leaving }), [{ draining: true, leavesAtS: Number }]);
  t.match(await ask(running, { do: 'undrain' }), [{ draining: false, leavesAtS: null }]);
  t.same(running.leavings, [leaving, null]);
  t.same(running.admitted, ['revocation of 6 bytes', 'key-change of 6 bytes']);
});

t.test('what cannot be done is a sentence', async (t) => {
  const ping = { do: 'ping', count: 1, everyMs: 10 } as const;
  await t.rejects(ask(new MadeUpNode(), { ...ping, node: 1 }), { message: '1 is this node itself.' });
  await t.rejects(ask(new MadeUpNode(), { ...ping, node: 9 }), { message: /Node 9 is not known/ });
  await t.rejects(ask(new MadeUpNode(), { do: 'paths', node: 1 }), { message: '1 is this node itself.' });
  await t.rejects(ask(new MadeUpNode(), { do: 'paths', node: 9 }), { message: /Node 9 is not known/ });
  const away = new MadeUpNode();
  away.ways = [];
  await t.rejects(ask(away, { do: 'paths', node: 3 }), { message: /Node 3 does not answer/ });
  await t.rejects(async () => ask(null, { do: 'status' }), { message: /still starting/ });
});
