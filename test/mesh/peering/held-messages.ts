import t from 'tap';
import { HeldMessages } from '../../../mesh/peering/held-messages.ts';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { FakeLink } from './fixtures/fake-link.ts';

const peerLink = new PeerLink(new FakeLink(), null);

function firstBytes(held: HeldMessages, nowMs: number): number[] {
  return held.take(nowMs).map(({ bytes }) => bytes[0]!);
}

t.test('a copy is kept, once', async (t) => {
  const held = new HeldMessages();
  // What sockets give: its own slice() would be no copy.
  const bytes = Buffer.of(1);
  held.hold(bytes, peerLink, 0);
  bytes[0] = 9;
  const taken = held.take(99);
  t.same(taken, [{ bytes: Uint8Array.of(1), peerLink, atMs: 0 }]);
  t.same(held.take(99), []);
});

t.test('for 100 ms', async (t) => {
  const held = new HeldMessages();
  held.hold(Uint8Array.of(1), peerLink, 0);
  held.hold(Uint8Array.of(2), peerLink, 1);
  t.same(firstBytes(held, 100), [2]);
});

t.test('eight of them; stale ones make room', async (t) => {
  const held = new HeldMessages();
  for (let count = 0; count < 10; count++) held.hold(Uint8Array.of(count), peerLink, count);
  held.hold(Uint8Array.of(20), peerLink, 101);
  t.same(firstBytes(held, 101), [2, 3, 4, 5, 6, 7, 20]);
});

t.test('none that is too long for a datagram', async (t) => {
  const held = new HeldMessages();
  held.hold(new Uint8Array(2_049), peerLink, 0);
  held.hold(new Uint8Array(2_048).fill(3), peerLink, 0);
  t.same(firstBytes(held, 0), [3]);
});
