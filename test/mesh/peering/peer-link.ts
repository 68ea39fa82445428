import t from 'tap';
import { PeerLink } from '../../../mesh/peering/peer-link.ts';
import { endpoint, FakeLink } from './fixtures/fake-link.ts';

t.test('a link that this side dialled is validated', async (t) => {
  const link = new FakeLink();
  const peerLink = new PeerLink(link, endpoint('udp'));
  t.ok(peerLink.isValidated);
  t.ok(peerLink.isWritable);
  t.equal(peerLink.allowanceBytes, Infinity);
  peerLink.sent(1_000_000);
  t.equal(peerLink.allowanceBytes, Infinity);
  link.writable = false;
  t.notOk(peerLink.isWritable);
});

t.test('another gets three times what came, until it returns its challenge', async (t) => {
  const peerLink = new PeerLink(new FakeLink(), null);
  t.notOk(peerLink.isValidated);
  t.equal(peerLink.allowanceBytes, 0);
  peerLink.received(100);
  t.equal(peerLink.allowanceBytes, 300);
  peerLink.sent(200);
  t.equal(peerLink.allowanceBytes, 100);
  t.notOk(peerLink.isWritable, 'what is left is for HELLO and CHALLENGE');
  t.notOk(peerLink.answered(new Uint8Array(8)), 'nothing was asked');
  peerLink.challenge = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  t.notOk(peerLink.answered(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9)));
  t.notOk(peerLink.answered(Uint8Array.of(1, 2, 3, 4, 5, 6, 7)));
  t.notOk(peerLink.isValidated);
  t.ok(peerLink.answered(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
  t.ok(peerLink.isValidated);
  t.ok(peerLink.isWritable);
  t.equal(peerLink.challenge, null);
  t.notOk(peerLink.answered(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), 'once');
});

t.test('a round trip is known where one HELLO was answered', async (t) => {
  const peerLink = new PeerLink(new FakeLink(), endpoint('udp'));
  t.notOk(peerLink.awaitsHello(10));
  t.equal(peerLink.helloAnswered(10), null, 'nothing was asked');
  peerLink.helloSent(100);
  t.ok(peerLink.awaitsHello(130));
  t.equal(peerLink.helloAnswered(130), 30);
  peerLink.helloSent(200);
  peerLink.helloSent(450);
  t.ok(peerLink.awaitsHello(460));
  t.equal(peerLink.helloAnswered(460), null, 'which of the two?');
  t.notOk(peerLink.awaitsHello(461));
  peerLink.helloSent(9_000);
  t.equal(peerLink.helloAnswered(9_040), 40);
});

t.test('a HELLO that was answered by something else is not waited for', async (t) => {
  const peerLink = new PeerLink(new FakeLink(), endpoint('udp'));
  peerLink.helloSent(1_000);
  t.ok(peerLink.awaitsHello(5_999));
  t.notOk(peerLink.awaitsHello(6_000));
});

t.test('a CHALLENGE is answered at most every 50 ms', async (t) => {
  const peerLink = new PeerLink(new FakeLink(), null);
  t.equal(peerLink.mayRespond(1_000), true);
  t.equal(peerLink.mayRespond(1_049), false);
  t.equal(peerLink.mayRespond(1_050), true);
});

t.test('on a link of the other side HELLOs are answered a few times only, on an own one always', async (t) => {
  const accepted = new PeerLink(new FakeLink(), null);
  const answers = (peerLink: PeerLink, nowMs: number): number =>
    Array.from({ length: 20 }, () => peerLink.mayAnswerHello(nowMs)).filter(Boolean).length;
  t.equal(answers(accepted, 0), 8);
  t.equal(answers(accepted, 7_499), 0);
  t.equal(answers(accepted, 7_500), 1);
  t.equal(answers(accepted, 100_000), 8);
  t.equal(answers(new PeerLink(new FakeLink(), endpoint('udp')), 0), 20);
});
