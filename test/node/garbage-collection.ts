import { constants, PerformanceObserver } from 'node:perf_hooks';
import t from 'tap';
import { markHeapAtOneGo } from '../../node/garbage-collection.ts';

/** Lets socket-sized buffers pass through, as a transfer does, and counts the rounds of marking that this started. */
async function roundsOfMarking(): Promise<number> {
  let rounds = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind: unknown = Reflect.get(Object(Reflect.get(entry, 'detail')), 'kind');
      if (kind === constants.NODE_PERFORMANCE_GC_INCREMENTAL) rounds++;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const held: Uint8Array[] = [];
  for (let turn = 0; turn < 400; turn++) {
    for (let i = 0; i < 64; i++) held[i] = Buffer.allocUnsafeSlow(65_536);
    await new Promise((resolve) => setImmediate(resolve));
  }
  observer.disconnect();
  return rounds;
}

await t.test('buffers that pass through start no incremental marking', async (t) => {
  markHeapAtOneGo();
  await roundsOfMarking(); // one that had begun before is finished here
  t.equal(await roundsOfMarking(), 0);
});
