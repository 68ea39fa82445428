import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import type { ControlRequest } from '../../../node/control/control-request.ts';
import { controlHandler, type ControlledNode } from '../../../node/control/node-control.ts';
import { Pinger } from '../../../node/control/pinger.ts';
import { nodeReportSchema } from '../../../node/control/reports.ts';
import { viewOf } from '../fixtures/recording-mesh.ts';

const SELF = parseNodeId(1)!;
const PEER = parseNodeId(3)!;
const STATUS = {
  pid: 1,
  softwareVersion: '0.1.0',
  id: SELF,
  name: 'amber',
  exit: false,
  upSeconds: 1,
  sodium: 'sodium-native',
  listen: [],
  socks: null,
  socksConnections: 0,
  exitStreams: 0,
  nodesKnown: 1,
  nodesUp: 1,
  memoryBytes: 1,
};

function node(): ControlledNode & { admitted: unknown[] } {
  const pinger = new Pinger((peer) => setImmediate(() => pinger.pong(peer, 2)));
  const admitted: unknown[] = [];
  return {
    id: SELF,
    pinger,
    admitted,
    status: () => STATUS,
    nodes: () => [viewOf(PEER)],
    admit: (document, kind) => {
      admitted.push([kind, Buffer.from(document).toString()]);
      return kind === 'revocation';
    },
  };
}

async function ask(running: ControlledNode | null, request: ControlRequest): Promise<unknown[]> {
  const items: unknown[] = [];
  const { signal } = new AbortController();
  await controlHandler(() => running)(request, (item) => items.push(item), { signal });
  return items;
}

t.test('each request gets its answer', async (t) => {
  const running = node();
  t.same(await ask(running, { do: 'status' }), [STATUS]);
  const nodes = await ask(running, { do: 'nodes' });
  t.same(nodes.map((item) => nodeReportSchema.parse(item)), [viewOf(PEER)]);
  t.same(await ask(running, { do: 'ping', node: 3, count: 1, everyMs: 10 }), [{ sequence: 1, rttMs: 2 }]);
  const document = Buffer.from('signed').toString('base64');
  t.same(await ask(running, { do: 'admit', kind: 'revocation', document }), [{ admitted: true }]);
  t.same(await ask(running, { do: 'admit', kind: 'key-change', document }), [{ admitted: false }]);
  t.same(running.admitted, [
    ['revocation', 'signed'],
    ['key-change', 'signed'],
  ]);
});

t.test('what cannot be done is a sentence', async (t) => {
  const ping = { do: 'ping', count: 1, everyMs: 10 } as const;
  await t.rejects(ask(node(), { ...ping, node: 1 }), { message: '1 is this node itself.' });
  await t.rejects(ask(node(), { ...ping, node: 9 }), { message: /Node 9 is not known/ });
  await t.rejects(async () => ask(null, { do: 'status' }), { message: /still starting/ });
});
