import t from 'tap';
import { MeshReports } from '../../mesh/mesh-reports.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const ID = nodeId(42);

t.test('events are taken once, in order', async (t) => {
  const reports = new MeshReports();
  t.same(reports.take(), []);
  const endpoint = { transport: 'udp', host: '192.0.2.1', port: 1 } as const;
  reports.dial(3, endpoint, null);
  reports.persist();
  reports.nodesChanged();
  reports.pong(ID, 12);
  const bytes = Uint8Array.of(1, 2);
  reports.oob(ID, 'topic', bytes);
  bytes.fill(0xdb);
  reports.notice('warn', 'revoked', 'text', ID);
  t.same(reports.take(), [
    { type: 'dial', dialId: 3, endpoint, beside: null },
    { type: 'persist' },
    { type: 'nodes-changed' },
    { type: 'pong', peer: ID, rttMs: 12 },
    { type: 'oob', from: ID, topic: 'topic', bytes: Uint8Array.of(1, 2) },
    { type: 'notice', level: 'warn', code: 'revoked', message: 'text', node: ID },
  ]);
  t.same(reports.take(), []);
});

t.test('what peers tell', async (t) => {
  const reports = new MeshReports();
  const told = (event: Parameters<MeshReports['peerEvent']>[1]): unknown[] => {
    reports.peerEvent(ID, event);
    return reports.take();
  };
  t.match(told({ type: 'up' }), [{ code: 'peer-up', node: ID }, { type: 'nodes-changed' }]);
  t.match(told({ type: 'down', reason: 'silent' }), [
    { code: 'peer-down', message: /silent/ },
    { type: 'nodes-changed' },
  ]);
  t.same(told({ type: 'changed' }), [{ type: 'nodes-changed' }]);
  t.same(told({ type: 'persist' }), [{ type: 'persist' }]);
  reports.keyChanged();
  t.match(reports.take(), [{ level: 'warn', code: 'key-changed', node: null }]);
});
