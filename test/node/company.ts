import t from 'tap';
import { parseNodeId } from '../../config/node-id.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';
import { watchForCompany } from '../../node/company.ts';
import { viewOf } from './fixtures/recording-mesh.ts';

/** Runs the watch to its end at once; returns what it said and how long it waited. */
function watch(serverCount: number, nodes: readonly NodeView[]): { said: string[]; waitedMs: number } {
  const said: string[] = [];
  let waitedMs = 0;
  const after = (delayMs: number, fire: () => void): (() => void) => {
    waitedMs = delayMs;
    fire();
    return () => {};
  };
  watchForCompany(
    { nowMs: () => 0, after },
    serverCount,
    () => nodes,
    (message) => said.push(message),
  );
  return { said, waitedMs };
}

t.test('nobody has answered for ten seconds: one sentence says what to look at', async (t) => {
  const silent = { ...viewOf(parseNodeId(3)!), state: 'connecting' } as const;
  const { said, waitedMs } = watch(1, [silent]);
  t.equal(waitedMs, 10_000);
  t.equal(said.length, 1);
  t.match(said[0], /server of the configuration has not answered .*network key.*expired/);
  t.match(watch(2, []).said[0], /2 servers of the configuration have not answered/);
});

t.test('silence where somebody answered, or where there is nobody to ask', async (t) => {
  t.same(watch(1, [{ ...viewOf(parseNodeId(3)!), state: 'up' }]).said, []);
  t.equal(watch(0, []).waitedMs, 0);
});
