import t from 'tap';
import type { Endpoint } from '../../../config/endpoint.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { UdpReturn } from '../../../mesh/peering/udp-return.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const TCP = endpoint('tcp');
const UDP = endpoint('udp');

function connectionOf(): PeerLink {
  return new PeerLink(new FakeLink({ reliable: true }), TCP);
}

/** A session by a connection of 100 ms; what is done is written down. */
function make(endpoints: readonly Endpoint[] = [UDP, TCP]) {
  const done: string[] = [];
  const state = { isUsed: true, isApproaching: false, mayTry: true, connection: connectionOf(), rttMs: 100 };
  const udpReturn = new UdpReturn({
    connection: () => (state.isUsed ? { peerLink: state.connection, dialled: TCP, rttMs: state.rttMs } : null),
    endpoints: () => endpoints,
    mayTry: () => state.mayTry,
    isApproaching: () => state.isApproaching,
    dial: ({ transport, port }) => done.push(`dial ${transport} ${port}`),
    sendHello: () => done.push('hello'),
    hangUp: () => done.push('hang up'),
  });
  const at = (nowMs: number): string[] => {
    udpReturn.tick(nowMs);
    return done.splice(0);
  };
  /** Opens the link that was dialled, and asks on it. */
  const open = (nowMs: number): PeerLink => {
    const link = new PeerLink(new FakeLink(), UDP);
    udpReturn.opened(link, nowMs);
    return link;
  };
  /** When it is tried, from now on until then, with nobody answering. */
  const triedAtMs = (fromMs: number, untilMs: number): number[] => {
    const tried: number[] = [];
    for (let nowMs = fromMs; nowMs < untilMs; nowMs += 1_000)
      if (at(nowMs).includes('dial udp 4840')) tried.push(nowMs);
    return tried;
  };
  return { udpReturn, state, done, at, open, triedAtMs };
}

t.test('three answers in time lead back', async (t) => {
  const { udpReturn, at, open, done } = make();
  t.same(at(0), []);
  t.same(at(4_999), []);
  t.same(at(6_000), ['dial udp 4840']);
  const link = open(6_000);
  t.same(done.splice(0), ['hello']);
  t.ok(udpReturn.holdsBack(link, 130, 6_130));
  t.same(at(6_379), []);
  t.same(at(6_380), ['hello']);
  t.ok(udpReturn.holdsBack(link, 119, 6_499));
  t.same(at(6_749), ['hello']);
  t.notOk(udpReturn.holdsBack(link, 140, 6_889), 'the session moves there');
  t.same(at(7_000), []);
  t.equal(udpReturn.wakeAtMs, Number.POSITIVE_INFINITY);
});

t.test('one that takes longer, or does not answer, is hung up', async (t) => {
  const slow = make();
  slow.at(0);
  slow.at(5_000);
  const link = slow.open(5_000);
  for (const nowMs of [5_121, 5_500, 6_000]) {
    slow.at(nowMs - 121);
    t.ok(slow.udpReturn.holdsBack(link, 121, nowMs));
  }
  t.equal(slow.done.at(-1), 'hang up');
  t.notOk(slow.udpReturn.holdsBack(link, 1, 6_100), 'it is nothing of its own any more');

  const silent = make();
  silent.at(0);
  silent.at(5_000);
  silent.open(5_000);
  silent.done.length = 0;
  t.equal(silent.udpReturn.wakeAtMs, 5_500);
  t.same(silent.at(5_499), []);
  t.same(silent.at(5_500), ['hang up']);

  const closed = make();
  closed.at(0);
  closed.at(5_000);
  closed.udpReturn.closed(closed.open(5_000));
  t.equal(closed.udpReturn.wakeAtMs, Number.POSITIVE_INFINITY, 'refused');
});

t.test('where data fills the queues of the connection, that counts for both', async (t) => {
  const { udpReturn, state, at, open } = make();
  at(0);
  at(5_000);
  state.rttMs = 300;
  const link = open(5_000);
  for (const nowMs of [5_320, 5_900]) {
    t.ok(udpReturn.holdsBack(link, 320, nowMs));
    at(nowMs + 250);
  }
  t.notOk(udpReturn.holdsBack(link, 320, 6_500), 'the session moves there');
});

t.test('ever more rarely, and at once on another network', async (t) => {
  const { udpReturn, triedAtMs } = make();
  t.same(triedAtMs(0, 12_000_000), [5_000, 25_000, 105_000, 425_000, 1_705_000, 5_305_000, 8_905_000]);
  udpReturn.networkChanged();
  t.same(triedAtMs(12_000_000, 12_200_000), [12_000_000, 12_020_000, 12_100_000]);
});

t.test('a connection that took the place of UDP soon is kept for longer each time', async (t) => {
  const { udpReturn, state, at, open } = make();
  let nowMs = 0;
  const movesAfterMs = (): number => {
    const sinceMs = nowMs;
    state.connection = connectionOf();
    while (!at(nowMs).includes('dial udp 4840')) nowMs += 1_000;
    const tookMs = nowMs - sinceMs;
    const link = open(nowMs);
    while (udpReturn.holdsBack(link, 50, nowMs)) at((nowMs += 300));
    nowMs += 1_000;
    return tookMs;
  };
  t.same([movesAfterMs(), movesAfterMs(), movesAfterMs()], [5_000, 20_000, 80_000]);
  nowMs += 600_000;
  t.equal(movesAfterMs(), 5_000, 'UDP had held for ten minutes');
});

t.test('not while nothing flows, ways are looked for, or there is nowhere to try', async (t) => {
  const idle = make();
  idle.state.isUsed = false;
  t.same(idle.triedAtMs(0, 100_000), []);
  idle.state.isUsed = true;
  idle.state.isApproaching = true;
  t.same(idle.triedAtMs(100_000, 200_000), []);
  idle.state.isApproaching = false;
  t.same(idle.triedAtMs(200_000, 201_000), [200_000]);

  const limited = make();
  limited.state.mayTry = false;
  t.same(limited.triedAtMs(0, 100_000), []);
  t.same(make([TCP]).triedAtMs(0, 100_000), []);

  const stopped = make();
  stopped.at(0);
  stopped.at(5_000);
  const link = stopped.open(5_000);
  stopped.udpReturn.holdsBack(link, 100, 5_100);
  stopped.done.length = 0;
  stopped.state.isUsed = false;
  t.same(stopped.at(5_400), ['hang up'], 'data ended meanwhile');
});

t.test("links of others' are left alone, and the same machine comes first", async (t) => {
  const other = endpoint('udp', 9, '192.0.2.99');
  const { udpReturn, at, open } = make([other, endpoint('udp', 7), TCP]);
  at(0);
  t.same(at(5_000), ['dial udp 7']);
  t.notOk(udpReturn.opened(new PeerLink(new FakeLink(), other), 5_000));
  open(5_000);
  t.same(make([other]).triedAtMs(0, 10_000), []);
  const elsewhere = make([other]);
  elsewhere.at(0);
  t.same(elsewhere.at(5_000), ['dial udp 9']);
});

t.test('links that are dialled to the same address for another reason are left alone', async (t) => {
  const { udpReturn, at, open } = make();
  at(0);
  at(5_000);
  const link = open(5_000);
  const other = new PeerLink(new FakeLink(), UDP);
  t.notOk(udpReturn.opened(other, 5_100));
  t.notOk(udpReturn.holdsBack(other, 60, 5_160), 'the session goes there');
  t.ok(udpReturn.holdsBack(link, 60, 5_160));
});

t.test('what was under way in another network is over', async (t) => {
  const { udpReturn, at, open, done } = make();
  at(0);
  at(5_000);
  open(5_000);
  done.length = 0;
  udpReturn.networkChanged();
  t.same(done.splice(0), ['hang up']);
  t.notOk(udpReturn.opened(new PeerLink(new FakeLink(), UDP), 5_100), 'ways are looked for');
  at(6_000);
  t.equal(udpReturn.wakeAtMs, 6_500);
  udpReturn.networkChanged();
  t.same(done.splice(0), [], 'its link was not there yet');
  t.equal(udpReturn.wakeAtMs, Number.POSITIVE_INFINITY);
});
