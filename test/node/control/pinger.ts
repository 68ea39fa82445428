import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { Pinger } from '../../../node/control/pinger.ts';
import type { PingReport } from '../../../node/control/reports.ts';

const PEER = parseNodeId(3)!;
const OTHER = parseNodeId(4)!;

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

t.test('echoes are sent one after the other and reported in order', async (t) => {
  let rttMs = 1;
  const sent: number[] = [];
  const pinger = new Pinger((peer) => {
    sent.push(peer);
    setImmediate(() => pinger.pong(peer, rttMs++));
  });
  const reports: PingReport[] = [];
  const { signal } = new AbortController();
  await pinger.run(PEER, { count: 3, everyMs: 1, signal }, (report) => reports.push(report));
  t.same(sent, [3, 3, 3]);
  t.same(reports, [
    { sequence: 1, rttMs: 1 },
    { sequence: 2, rttMs: 2 },
    { sequence: 3, rttMs: 3 },
  ]);
});

t.test('an answer goes to all who wait for that node, and to nobody else', async (t) => {
  const pinger = new Pinger(() => {});
  const { signal } = new AbortController();
  const got: string[] = [];
  const ask = (name: string, peer = PEER) =>
    pinger.run(peer, { count: 1, everyMs: 1, signal }, ({ rttMs }) => got.push(`${name} ${rttMs}`));
  const runs = [ask('a'), ask('b'), ask('other', OTHER)];
  pinger.pong(PEER, 5);
  pinger.pong(PEER, 6);
  pinger.pong(OTHER, 7);
  await Promise.all(runs);
  t.same(got.sort(), ['a 5', 'b 5', 'other 7']);
});

t.test('whoever gives up leaves no timer and gets no report', async (t) => {
  const pinger = new Pinger(() => {});
  const stop = new AbortController();
  const before = timers();
  const run = pinger.run(PEER, { count: 5, everyMs: 60_000, signal: stop.signal }, () => t.fail('reported'));
  t.ok(timers() > before);
  stop.abort();
  await run;
  t.equal(timers(), before);
  pinger.pong(PEER, 1);
});
