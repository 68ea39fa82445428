import t from 'tap';
import { PathSpeaker } from '../../../mesh/session/path-speaker.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

const TOKEN = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function make() {
  const carrier = new RecordingCarrier();
  const path = new SessionPath(3, carrier);
  return { carrier, path, speaker: new PathSpeaker() };
}

t.test('nothing to say, nothing sent', async (t) => {
  const { carrier, path, speaker } = make();
  speaker.speak(path, 0);
  path.received.receive(0, true, true, 0);
  speaker.speak(path, 0);
  t.equal(carrier.packets.length, 0, 'the path in use has its acknowledgements beside data');
});

t.test('what arrives on a path that is not in use is acknowledged there', async (t) => {
  const { carrier, path, speaker } = make();
  path.acksItself = true;
  path.received.receive(0, true, true, 0);
  speaker.speak(path, 0);
  t.match(carrier.takeFrames(), [{ type: 'ack', pathId: 3, ranges: [{ first: 0, last: 0 }] }]);
  t.equal(path.sent.count, 0, 'which nobody has to acknowledge');
  t.equal(carrier.flushes, 1);
  path.received.receive(1, true, false, 100);
  speaker.speak(path, 100);
  t.equal(carrier.packets.length, 0, 'not before it is due');
  speaker.speak(path, 120);
  t.equal(carrier.packets.length, 1);
});

t.test('frames of its own take an acknowledgement along', async (t) => {
  const { carrier, path, speaker } = make();
  path.acksItself = true;
  path.received.receive(0, true, true, 0);
  speaker.speak(path, 0);
  carrier.take();
  path.received.receive(1, true, false, 50);
  path.ownFrames.push({ type: 'ping' });
  speaker.speak(path, 50);
  t.same(
    carrier.takeFrames().map(({ type }) => type),
    ['ping', 'ack'],
  );
  t.equal(path.sent.count, 1, 'a PING is to be answered');
  t.same(
    path.sent.oldest?.frames.map(({ type }) => type),
    ['once', 'ack'],
  );
  path.ownFrames.push({ type: 'response', token: TOKEN });
  speaker.speak(path, 60);
  t.same(carrier.takeFrames(), [{ type: 'response', token: TOKEN }]);
  t.equal(path.sent.count, 1, 'a RESPONSE is not');
});

t.test('a link that is full, or gone, keeps them waiting', async (t) => {
  const { carrier, path, speaker } = make();
  carrier.writable = false;
  path.ownFrames.push({ type: 'ping' });
  speaker.speak(path, 0);
  t.equal(path.ownFrames.length, 1);
  carrier.writable = true;
  speaker.speak(path, 1);
  t.same(carrier.takeFrames(), [{ type: 'ping' }]);
  path.ownFrames.push({ type: 'ping' });
  path.detach(() => {});
  speaker.speak(path, 2);
  t.equal(carrier.packets.length, 0);
});
