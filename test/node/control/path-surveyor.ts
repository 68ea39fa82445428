import t from 'tap';
import { PathSurveyor } from '../../../node/control/path-surveyor.ts';
import { nodeId } from '../fixtures/network.ts';
import { wayOf } from '../fixtures/recording-mesh.ts';

const PEER = nodeId(3);

t.test('eight rounds at all phases of a tick, and time for the last answers', async (t) => {
  const said: (string | number)[] = [];
  const ways = [wayOf([]), wayOf([4], { rtt: { leastMs: 1, smoothedMs: 300, variationMs: 1 } })];
  const surveyor = new PathSurveyor(
    { survey: (peer) => said.push(`survey ${peer}`), paths: () => ways },
    async (ms) => void said.push(ms),
  );
  t.notOk(surveyor.isAway(PEER));
  t.same(await surveyor.run(PEER, new AbortController().signal), ways);
  t.same(said.filter((each) => each === 'survey 3').length, 8);
  const pausesMs = said.filter((each) => typeof each === 'number');
  t.equal(pausesMs.length, 9);
  t.equal(pausesMs.at(-1), 350);
  t.equal(new Set(Array.from({ length: 8 }, (_, round) => (round * pausesMs[0]!) % 4)).size, 4);
});

t.test('who gives up does not wait, and a way that takes for ever is not waited for', async (t) => {
  const stop = new AbortController();
  let surveys = 0;
  const pausesMs: number[] = [];
  const ways = [wayOf([], { rtt: { leastMs: 1, smoothedMs: 60_000, variationMs: 1 } })];
  const surveyor = new PathSurveyor(
    { survey: () => ++surveys === 2 && stop.abort(), paths: () => ways },
    async (ms) => void pausesMs.push(ms),
  );
  await surveyor.run(PEER, stop.signal);
  t.equal(surveys, 2);
  t.equal(pausesMs.at(-1), 1_000);
  t.ok(new PathSurveyor({ survey: () => {}, paths: () => [] }, async () => {}).isAway(PEER));
});
