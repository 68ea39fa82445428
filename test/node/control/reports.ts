import t from 'tap';
import {
  admitReportSchema,
  nodeReportSchema,
  pathReportSchema,
  pingReportSchema,
  statusReportSchema,
} from '../../../node/control/reports.ts';
import { nodeId } from '../fixtures/network.ts';
import { viewOf, wayOf } from '../fixtures/recording-mesh.ts';

t.test('what a node sends of others is what is read', (t) => {
  const view = { ...viewOf(nodeId(3)), rttMs: null, link: null };
  t.same(nodeReportSchema.parse(JSON.parse(JSON.stringify(view))), view);
  const path = { ...wayOf([4], { rtt: null, costMs: null }), why: 'x', share: 1, shareLastMinute: 0 };
  t.same(pathReportSchema.parse(JSON.parse(JSON.stringify(path))), path);
  t.same(pingReportSchema.parse({ sequence: 1, rttMs: null }), { sequence: 1, rttMs: null });
  t.end();
});

t.test('anything else is refused', (t) => {
  for (const schema of [nodeReportSchema, statusReportSchema, pathReportSchema, pingReportSchema, admitReportSchema]) {
    for (const value of [null, [], {}, 'x', { id: 1 }, { sequence: '1' }, { admitted: 1 }]) {
      t.notOk(schema.safeParse(value).success, JSON.stringify(value));
    }
  }
  t.end();
});
