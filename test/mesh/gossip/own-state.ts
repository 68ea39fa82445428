import t from 'tap';
import type { NodeState } from '../../../mesh/gossip/fast-record.ts';
import { OwnState } from '../../../mesh/gossip/own-state.ts';
import { nodeId } from './fixtures/documents.ts';

/** A state by the round trips to neighbours; jitter and losses where they are told. */
function state(
  rttsMs: Readonly<Record<number, number | null>>,
  { loadMs = 0, heard = [] as readonly number[], jitterMs = 0, lossShare = 0 } = {},
): NodeState {
  const neighbours = Object.entries(rttsMs).map(
    ([id, rttMs]) => [nodeId(Number(id)), { rttMs, jitterMs, lossShare }] as const,
  );
  return { loadMs, neighbours: new Map(neighbours), heard: new Set(heard.map(nodeId)) };
}

/** Who can be reached by relays only. */
function needsRelays(id: number): boolean {
  return id >= 100;
}

function saidAt(nowMs: number, what: NodeState): OwnState {
  const own = new OwnState(30_000, needsRelays);
  own.said(what, nowMs);
  return own;
}

t.test('nothing is said while there is nothing to say, and then at once', async (t) => {
  const own = new OwnState(30_000, needsRelays);
  t.equal(own.dueAtMs(state({})), Infinity);
  t.equal(own.dueAtMs(state({ 1: 10 })), -Infinity);
  t.equal(own.dueAtMs(state({}, { heard: [5] })), -Infinity);
});

t.test('what changed is said when the interval has passed', async (t) => {
  const before = state({ 1: 100, 2: null }, { heard: [5], loadMs: 10 });
  const changed: Readonly<Record<string, NodeState>> = {
    'a round trip that is 20 % and 8 ms longer': state({ 1: 121, 2: null }, { heard: [5], loadMs: 10 }),
    'or shorter': state({ 1: 79, 2: null }, { heard: [5], loadMs: 10 }),
    'a round trip that was measured at last': state({ 1: 100, 2: 50 }, { heard: [5], loadMs: 10 }),
    jitter: state({ 1: 100, 2: null }, { heard: [5], loadMs: 10, jitterMs: 11 }),
    losses: state({ 1: 100, 2: null }, { heard: [5], loadMs: 10, lossShare: 0.03 }),
    'a new link': state({ 1: 100, 2: null, 3: 1 }, { heard: [5], loadMs: 10 }),
    'somebody heard': state({ 1: 100, 2: null }, { heard: [5, 6], loadMs: 10 }),
    'somebody else heard': state({ 1: 100, 2: null }, { heard: [6], loadMs: 10 }),
    'somebody not heard': state({ 1: 100, 2: null }, { loadMs: 10 }),
    load: state({ 1: 100, 2: null }, { heard: [5], loadMs: 19 }),
  };
  for (const [what, now] of Object.entries(changed)) t.equal(saidAt(1_000, before).dueAtMs(now), 31_000, what);
  const same: Readonly<Record<string, NodeState>> = {
    'the same': before,
    '20 % of little': state({ 1: 100, 2: null }, { heard: [5], loadMs: 17 }),
    '8 ms of much': state({ 1: 119, 2: null }, { heard: [5], loadMs: 10 }),
    'a loss or two': state({ 1: 100, 2: null }, { heard: [5], loadMs: 10, lossShare: 0.02 }),
  };
  for (const [what, now] of Object.entries(same)) t.equal(saidAt(1_000, before).dueAtMs(now), Infinity, what);
});

t.test('many losses must differ by more', async (t) => {
  const own = saidAt(0, state({ 1: 10 }, { lossShare: 0.3 }));
  t.equal(own.dueAtMs(state({ 1: 10 }, { lossShare: 0.35 })), Infinity);
  t.equal(own.dueAtMs(state({ 1: 10 }, { lossShare: 0.37 })), 30_000);
});

t.test('a link that is gone is said after a second, four times', async (t) => {
  const all = [1, 2, 3, 4, 5, 6, 7];
  const without = (count: number): NodeState => state(Object.fromEntries(all.slice(count).map((id) => [id, 10])));
  const own = saidAt(0, without(0));
  let nowMs = 0;
  for (let gone = 1; gone <= 4; gone++) {
    t.equal(own.dueAtMs(without(gone)), nowMs + 1_000);
    nowMs += 1_000;
    own.said(without(gone), nowMs);
  }
  t.equal(own.dueAtMs(without(5)), nowMs + 30_000, 'then it has to wait');
  nowMs += 60_000;
  own.said(without(5), nowMs);
  t.equal(own.dueAtMs(without(6)), nowMs + 1_000, 'until there was time enough');
});

t.test('one that is reached by relays only is said after a second, too', async (t) => {
  const own = saidAt(0, state({ 1: 10 }));
  t.equal(own.dueAtMs(state({ 1: 10, 2: 10 })), 30_000, 'others can be dialled');
  t.equal(own.dueAtMs(state({ 1: 10, 100: 10 })), 1_000);
  own.said(state({ 1: 10, 100: 10 }), 1_000);
  t.equal(own.dueAtMs(state({ 1: 10, 100: 50 })), 31_000, 'once');
  for (let nowMs = 2_000; nowMs < 5_000; nowMs += 1_000) own.said(state({ 1: 10 }), nowMs);
  t.equal(own.dueAtMs(state({ 1: 10, 100: 10 })), 34_000, 'one that comes and goes has to wait');
});
