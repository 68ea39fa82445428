import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { TimeTalk } from '../../../mesh/peering/time-talk.ts';
import type { Frame } from '../../../mesh/session/frame.ts';
import { Header } from '../../../mesh/wire/header.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

const WALL_MS = 1_800_000_000_000;

function linkOf(pathId: number): PeerLink {
  const peerLink = new PeerLink(new FakeLink(), endpoint('udp'));
  peerLink.pathId = pathId;
  return peerLink;
}

function headerAt(wallMs: number): Header {
  const timeSeconds = Math.floor(wallMs / 1_000);
  const tick = Math.floor((wallMs - timeSeconds * 1_000) / 4);
  return Object.assign(new Header(), { timeSeconds, tick, relay1Tick: 11, relay2Tick: 22 });
}

/** What is said now, by path. */
function said(talk: TimeTalk, links: readonly PeerLink[], nowMs: number): [number, Frame][] {
  const all: [number, Frame][] = [];
  talk.speak(links, links[0] ?? null, (pathId, frame) => all.push([pathId, frame]), nowMs, WALL_MS + nowMs);
  return all;
}

t.test('questions go by every path where they are asked, and by the one in use where they ride', async (t) => {
  const links = [linkOf(1), linkOf(2)];
  const talk = new TimeTalk();
  t.notOk(talk.isDue);
  t.same(said(talk, links, 0), []);
  talk.ask();
  t.ok(talk.isDue);
  const question = (nowMs: number): Frame => ({ type: 'time', sentMs: WALL_MS + nowMs, answer: null });
  t.same(said(talk, links, 10), [
    [1, question(10)],
    [2, question(10)],
  ]);
  t.notOk(talk.isDue);
  talk.ride();
  t.same(said(talk, links, 1_000), [], 'no more often than each second');
  talk.ride();
  t.same(said(talk, links, 1_010), [[1, question(1_010)]]);
  talk.ask();
  talk.ride();
  t.equal(said(talk, links, 1_030).length, 2);
});

t.test('an answer tells how long it took, and what relays wrote; only the newest question counts', async (t) => {
  const links = [linkOf(1), linkOf(2)];
  const talk = new TimeTalk();
  const ask = (sentMs: number): void =>
    talk.heard({ type: 'time', sentMs, answer: null }, headerAt(sentMs), links[1]!, 0, WALL_MS);
  ask(4_000_000);
  ask(5_000_000.125);
  t.ok(talk.isDue);
  t.same(said(talk, links, 7.3), [
    [
      2,
      {
        type: 'time',
        sentMs: WALL_MS + 7.25,
        answer: { askedMs: 5_000_000.125, heldMs: 7.25, relay1Tick: 11, relay2Tick: 22 },
      },
    ],
  ]);
  t.notOk(talk.isDue);
});

t.test('a question whose header was stamped at another time has waited, and is worth nothing', async (t) => {
  const peerLink = linkOf(1);
  const talk = new TimeTalk();
  talk.heard({ type: 'time', sentMs: 4_000_000, answer: null }, headerAt(4_000_020), peerLink, 0, WALL_MS);
  t.notOk(talk.isDue);
});

t.test('nothing is said where it would wait: on a full link, or one that is not validated', async (t) => {
  const full = linkOf(1);
  (full.link as FakeLink).writable = false;
  const stranger = new PeerLink(new FakeLink(), null);
  stranger.pathId = 2;
  const without = new PeerLink(new FakeLink(), endpoint('udp'));
  const talk = new TimeTalk();
  const links = [full, stranger, without];
  for (const peerLink of links)
    talk.heard({ type: 'time', sentMs: 4_000, answer: null }, headerAt(4_000), peerLink, 0, 0);
  talk.ask();
  t.same(said(talk, links, 0), []);
  t.notOk(talk.isDue);
});

t.test('an answer ends in what is known of its link', async (t) => {
  const [peerLink, other] = [linkOf(1), linkOf(2)];
  const talk = new TimeTalk();
  talk.ask();
  said(talk, [peerLink], 0);
  const answer = { askedMs: WALL_MS, heldMs: 0, relay1Tick: 255, relay2Tick: 255 };
  const frame = { type: 'time', sentMs: WALL_MS + 500_000, answer } as const;
  talk.heard(frame, headerAt(frame.sentMs), other, 20, WALL_MS + 20);
  t.equal(other.timing.exchanges.all.length, 0);
  talk.heard(frame, headerAt(frame.sentMs), peerLink, 20, WALL_MS + 20);
  t.equal(peerLink.timing.exchanges.all.length, 1);
  t.notOk(talk.isDue);
});
