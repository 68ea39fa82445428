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
  speaker.speak(path, null, 0);
  path.received.receive(0, true, true, 0);
  speaker.speak(path, null, 0);
  t.equal(carrier.packets.length, 0, 'the path in use has its acknowledgements beside data');
});

t.test('what arrives on a path that is not in use is acknowledged there', async (t) => {
  const { carrier, path, speaker } = make();
  path.acksItself = true;
  path.received.receive(0, true, true, 0);
  speaker.speak(path, null, 0);
  t.match(carrier.takeFrames(), [{ type: 'ack', pathId: 3, ranges: [{ first: 0, last: 0 }] }]);
  t.equal(path.sent.count, 0, 'which nobody has to acknowledge');
  t.equal(carrier.flushes, 1);
  path.received.receive(1, true, false, 100);
  speaker.speak(path, null, 100);
  t.equal(carrier.packets.length, 0, 'not before it is due');
  speaker.speak(path, null, 120);
  t.equal(carrier.packets.length, 1);
});

t.test('frames of its own take an acknowledgement along', async (t) => {
  const { carrier, path, speaker } = make();
  path.acksItself = true;
  path.received.receive(0, true, true, 0);
  speaker.speak(path, null, 0);
  carrier.take();
  path.received.receive(1, true, false, 50);
  path.ownFrames.push({ type: 'ping' });
  speaker.speak(path, null, 50);
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
  speaker.speak(path, null, 60);
  t.same(carrier.takeFrames(), [{ type: 'response', token: TOKEN }]);
  t.equal(path.sent.count, 1, 'a RESPONSE is not');
});

t.test('a link that is full, or gone, keeps them waiting', async (t) => {
  const { carrier, path, speaker } = make();
  carrier.writable = false;
  path.ownFrames.push({ type: 'ping' });
  speaker.speak(path, null, 0);
  t.equal(path.ownFrames.length, 1);
  carrier.writable = true;
  speaker.speak(path, null, 1);
  t.same(carrier.takeFrames(), [{ type: 'ping' }]);
  path.ownFrames.push({ type: 'ping' });
  path.detach(() => {});
  speaker.speak(path, null, 2);
  t.equal(carrier.packets.length, 0);
});

t.test('it says as well what came by the path in use, which may be dead', async (t) => {
  const { carrier, path, speaker } = make();
  const active = new SessionPath(7, new RecordingCarrier());
  path.acksItself = true;
  path.received.receive(0, true, true, 0);
  speaker.speak(path, active, 0);
  t.same(
    carrier.takeFrames().map(({ type }) => type),
    ['ack'],
    'nothing came there',
  );
  for (let packetNumber = 0; packetNumber < 5; packetNumber++) active.received.receive(packetNumber, true, false, 10);
  path.received.receive(1, true, true, 20);
  speaker.speak(path, active, 20);
  t.match(carrier.takeFrames(), [
    { type: 'ack', pathId: 3 },
    { type: 'ack', pathId: 7, ranges: [{ first: 0, last: 4 }], delayMs: 10 },
  ]);
  t.ok(active.received.hasNews, 'there it is still to be said');
  path.ownFrames.push({ type: 'ping' });
  speaker.speak(path, active, 30);
  t.same(
    carrier.takeFrames().map(({ type }) => type),
    ['ping', 'ack'],
  );
  speaker.speak(path, active, 50);
  t.equal(carrier.packets.length, 0, 'but has no packet for that alone');
});

t.test('at its longest it fits the least link there is', async (t) => {
  const { carrier, path, speaker } = make();
  const active = new SessionPath(255, new RecordingCarrier());
  path.acksItself = true;
  for (const { received } of [path, active]) {
    for (let count = 0; count < 100; count++) received.receive(2 ** 46 + count * 2 ** 28, true, true, 0);
  }
  for (let count = 0; count < 10; count++) path.ownFrames.push({ type: 'response', token: TOKEN });
  speaker.speak(path, active, 1_000);
  t.ok(carrier.packets[0]!.bytes <= 548 - 64, `${carrier.packets[0]!.bytes} bytes`);
});
