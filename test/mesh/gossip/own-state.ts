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

function saidAt(nowMs: number, what: NodeState): OwnState {
  const own = new OwnState(30_000);
  own.said(what, nowMs);
  return own;
}

t.test('nothing is said while there is nothing to say, and then at once', async (t) => {
  const own = new OwnState(30_000);
  t.equal(own.dueAtMs(state({}), 0), Infinity);
  t.equal(own.dueAtMs(state({ 1: 10 }), 0), -Infinity);
  t.equal(own.dueAtMs(state({}, { heard: [5] }), 0), -Infinity);
});

t.test(
  'figures that changed are said when the interval has passed, nodes that came or went after a second',
  async (t) => {
    const before = state({ 1: 100, 2: null }, { heard: [5], loadMs: 10 });
    const changed: Readonly<Record<string, NodeState>> = {
      'a round trip that is 20 % and 8 ms longer': state({ 1: 121, 2: null }, { heard: [5], loadMs: 10 }),
      'or shorter': state({ 1: 79, 2: null }, { heard: [5], loadMs: 10 }),
      'a round trip that was measured at last': state({ 1: 100, 2: 50 }, { heard: [5], loadMs: 10 }),
      jitter: state({ 1: 100, 2: null }, { heard: [5], loadMs: 10, jitterMs: 11 }),
      losses: state({ 1: 100, 2: null }, { heard: [5], loadMs: 10, lossShare: 0.03 }),
      load: state({ 1: 100, 2: null }, { heard: [5], loadMs: 19 }),
    };
    const nodes: Readonly<Record<string, NodeState>> = {
      'a new link': state({ 1: 100, 2: null, 3: 1 }, { heard: [5], loadMs: 10 }),
      'somebody heard': state({ 1: 100, 2: null }, { heard: [5, 6], loadMs: 10 }),
      'somebody else heard': state({ 1: 100, 2: null }, { heard: [6], loadMs: 10 }),
      'somebody not heard': state({ 1: 100, 2: null }, { loadMs: 10 }),
      'a link that is gone': state({ 1: 100 }, { heard: [5], loadMs: 10 }),
      'another link': state({ 1: 100, 3: 1 }, { heard: [5], loadMs: 10 }),
    };
    for (const [what, now] of Object.entries(changed)) t.equal(saidAt(1_000, before).dueAtMs(now, 1_500), 31_000, what);
    for (const [what, now] of Object.entries(nodes)) t.equal(saidAt(1_000, before).dueAtMs(now, 1_500), 2_000, what);
    const same: Readonly<Record<string, NodeState>> = {
      'the same': before,
      '20 % of little': state({ 1: 100, 2: null }, { heard: [5], loadMs: 17 }),
      '8 ms of much': state({ 1: 119, 2: null }, { heard: [5], loadMs: 10 }),
      'a loss or two': state({ 1: 100, 2: null }, { heard: [5], loadMs: 10, lossShare: 0.02 }),
    };
    for (const [what, now] of Object.entries(same)) t.equal(saidAt(1_000, before).dueAtMs(now, 1_500), Infinity, what);
  },
);

t.test('many losses must differ by more', async (t) => {
  const own = saidAt(0, state({ 1: 10 }, { lossShare: 0.3 }));
  t.equal(own.dueAtMs(state({ 1: 10 }, { lossShare: 0.35 }), 500), Infinity);
  t.equal(own.dueAtMs(state({ 1: 10 }, { lossShare: 0.37 }), 500), 30_000);
});

/** Says one of two states after the other, each as soon as it is due, until that takes longer; returns how many. */
function saysInARow(own: OwnState, states: readonly [NodeState, NodeState], fromMs: number): number {
  let nowMs = fromMs;
  for (let said = 0; ; said++) {
    const next = states[said % 2]!;
    const dueAtMs = own.dueAtMs(next, nowMs);
    if (dueAtMs > nowMs + 1_000) return said;
    nowMs = Math.max(nowMs, dueAtMs);
    own.said(next, nowMs);
  }
}

t.test(
  'links that come and go, in turn: what they may use up is bounded, and a part kept for those that go',
  async (t) => {
    const before = state({ 1: 10 });
    const changes = [state({ 1: 10, 2: 10 }), before] as const;
    const own = saidAt(0, before);
    t.equal(saysInARow(own, changes, 0), 4, 'seven of eight are left, and a fifth has to be for one that comes');
    t.equal(own.dueAtMs(changes[0], 4_000), 4_000 + 30_000, 'that waits');
    t.equal(own.dueAtMs(state({}), 4_000), 5_000, 'one that is gone does not');
    t.equal(saysInARow(own, [state({}), before], 5_000), 1, 'as long as it is not back');
    t.equal(saysInARow(own, [before, state({})], 600_000), 4, 'when there was time enough for all eight');
  },
);

t.test('many links that go, one after the other', async (t) => {
  const all = Array.from({ length: 20 }, (_, index) => index + 1);
  const without = (count: number): NodeState => state(Object.fromEntries(all.slice(count).map((id) => [id, 10])));
  const own = saidAt(0, without(0));
  let nowMs = 0;
  for (let gone = 1; gone <= 7; gone++) {
    t.equal(own.dueAtMs(without(gone), nowMs), nowMs + 1_000);
    nowMs += 1_000;
    own.said(without(gone), nowMs);
  }
  t.equal(own.dueAtMs(without(8), nowMs), nowMs + 30_000, 'then it has to wait');
});

t.test('however much comes and goes, one in an interval is said in the long run', async (t) => {
  const own = saidAt(0, state({ 1: 10 }));
  let said = 0;
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 500) {
    const now = state((nowMs / 500) % 2 === 0 ? {} : { 1: 10, 2: 10 }, { heard: [1 + ((nowMs / 500) % 200)] });
    if (own.dueAtMs(now, nowMs) > nowMs) continue;
    own.said(now, nowMs);
    said++;
  }
  t.ok(said >= 120 && said <= 120 + 8, `${said} in an hour`);
});
