import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import type { MailFrame } from '../../../mesh/peering/peer-context.ts';
import { PunchCoordinator, type CoordinatorParts } from '../../../mesh/punching/punch-coordinator.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const A = nodeId(10);
const B = nodeId(20);

interface Known {
  readonly remote?: string | null;
  readonly rttMs?: number;
  readonly isUp?: boolean;
  /** When it was heard last, in ms, and when it answers where it is asked. */
  readonly heardAtMs?: number;
  readonly answersAtMs?: number;
}

function make(known: Readonly<Record<number, Known>>, isServer = true) {
  const sent: { readonly to: number; readonly frame: MailFrame; readonly atMs: number }[] = [];
  const clock = { nowMs: 0 };
  const peers = new Map(
    Object.entries(known).map(
      ([
        key,
        { remote = `udp://8.0.0.${key}:5000`, rttMs = 50, isUp = true, heardAtMs = Infinity, answersAtMs = Infinity },
      ]) => {
        const id = nodeId(Number(key));
        let isProbed = false;
        const peer = {
          isUp,
          directLink: remote === null ? null : { link: { remote } },
          session: { rttMs },
          probe: () => (isProbed = true),
          keepAlive: {
            get heardAtMs() {
              return isProbed && clock.nowMs >= answersAtMs ? answersAtMs : Math.min(clock.nowMs, heardAtMs);
            },
          },
          sendMail: (frame: MailFrame) => sent.push({ to: id, frame, atMs: clock.nowMs }) > 0,
        };
        return [id, peer] as const;
      },
    ),
  ) as unknown as CoordinatorParts['peers'];
  let tokens = 0;
  const coordinator = new PunchCoordinator({ peers, isServer, makeToken: () => new Uint8Array(8).fill(++tokens) });
  const ask = (from: NodeId, node: NodeId, nowMs: number): number => {
    clock.nowMs = nowMs;
    const before = sent.length;
    coordinator.ask(from, node, nowMs);
    for (; coordinator.wakeAtMs < Infinity; coordinator.tick(clock.nowMs)) clock.nowMs = coordinator.wakeAtMs;
    return sent.length - before;
  };
  return { coordinator, sent, ask };
}

t.test('both are told where the other is seen, under one token', async (t) => {
  const { ask, sent } = make({ 10: {}, 20: { remote: 'udp://9.9.9.9:7' } });
  t.equal(ask(A, B, 0), 2);
  const token = new Uint8Array(8).fill(1);
  const address = (host: string, port: number) => ({ transport: 'udp', source: 'observed', host, port });
  t.same(
    sent.map(({ to, frame }) => ({ to, frame })).toSorted((a, b) => a.to - b.to),
    [
      { to: A, frame: { type: 'punch', step: 'lead', node: B, token, address: address('9.9.9.9', 7) } },
      { to: B, frame: { type: 'punch', step: 'follow', node: A, token, address: address('8.0.0.10', 5_000) } },
    ],
  );
});

for (const [near, far] of [
  [10, 20],
  [20, 10],
] as const) {
  t.test(`the nearer one is told later, so that both send at the same time: node ${near}`, async (t) => {
    const { ask, sent } = make({ [near]: { rttMs: 20 }, [far]: { rttMs: 220 } });
    t.equal(ask(A, B, 1_000), 2);
    t.same(
      sent.map(({ to, atMs }) => [to, atMs]),
      [
        [far, 1_000],
        [near, 1_100],
      ],
    );
  });
}

t.test('who can’t be brought together', async (t) => {
  t.equal(make({ 10: {}, 20: {} }, false).ask(A, B, 0), 0, 'by who is no server');
  const cases: readonly [string, Readonly<Record<number, Known>>][] = [
    ['the other is not known', { 10: {} }],
    ['nor the one that asks', { 20: {} }],
    ['a session that is not there', { 10: {}, 20: { isUp: false } }],
    ['by relays only', { 10: {}, 20: { remote: null } }],
    ['by TCP', { 10: {}, 20: { remote: 'tcp://8.0.0.2:5000' } }],
    ['two families', { 10: {}, 20: { remote: 'udp://[2a00::1]:5000' } }],
    ['a link that does not tell', { 10: {}, 20: { remote: 'somewhere' } }],
  ];
  for (const [why, known] of cases) t.equal(make(known).ask(A, B, 0), 0, why);
  t.equal(make({ 10: {} }).ask(A, A, 0), 0, 'with itself');
});

t.test('the same two not twice at a time, whoever asks', async (t) => {
  const { ask } = make({ 10: {}, 20: {} });
  t.equal(ask(A, B, 0), 2);
  t.equal(ask(B, A, 1_000), 0);
  t.equal(ask(A, B, 1_499), 0);
  t.equal(ask(B, A, 1_500), 2);
});

t.test('what one member can ask for, and be bothered with, is limited', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [index + 1, {}]));
  const asks = make(many);
  let told = 0;
  for (let id = 1; id <= 200; id++) if (id !== 10) told += asks.ask(A, nodeId(id), 0);
  t.equal(told, 2 * 16);
  const calls = make(many);
  told = 0;
  for (let id = 1; id <= 200; id++) if (id !== 20) told += calls.ask(nodeId(id), B, 0);
  t.equal(told, 2 * 32);
});

for (const [answersAtMs, told] of [
  [100_040, 2],
  [102_900, 2],
  [104_000, 0],
] as const) {
  t.test(`who was not heard for long has to answer first, here ${answersAtMs - 100_000} ms later`, async (t) => {
    const { ask, sent } = make({ 10: {}, 20: { heardAtMs: 70_000, answersAtMs } });
    t.equal(ask(A, B, 100_000), told);
    t.ok(sent.every(({ atMs }) => atMs >= answersAtMs && atMs <= answersAtMs + 100));
  });
}

t.test('who was heard lately need not, and the asker is there at all events', async (t) => {
  const { ask } = make({ 10: { heardAtMs: 0 }, 20: { heardAtMs: 70_001 } });
  t.equal(ask(A, B, 100_000), 2);
});
