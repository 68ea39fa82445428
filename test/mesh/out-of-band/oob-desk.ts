import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import { OobDesk } from '../../../mesh/out-of-band/oob-desk.ts';
import type { MailFrame } from '../../../mesh/peering/peer-context.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const A = nodeId(1);
const B = nodeId(2);
const NOBODY = nodeId(9);
type OobFrame = Extract<MailFrame, { readonly type: 'oob' }>;

function makeDesk() {
  const happened: string[] = [];
  const sent: { readonly to: NodeId; readonly frame: MailFrame }[] = [];
  const up = new Set<NodeId>([A, B]);
  const state = { isFull: false };
  const desk = new OobDesk(
    (id) =>
      id === NOBODY
        ? null
        : {
            isUp: up.has(id),
            seek: () => happened.push(`seek ${id}`),
            sendMail: (frame) => {
              if (!state.isFull) sent.push({ to: id, frame });
              return !state.isFull;
            },
          },
    {
      oob: (from, topic, bytes) => happened.push(`from ${from}: ${topic} ${bytes.length}`),
      pong: (peer, rttMs) => happened.push(`echo ${peer} ${rttMs}`),
    },
  );
  const oob = (index: number): OobFrame => sent[index]!.frame as OobFrame;
  return { desk, happened, sent, up, state, oob };
}

t.test('a message is copied and sent at once where there is a session', async (t) => {
  const { desk, sent } = makeDesk();
  const bytes = Uint8Array.of(1, 2, 3);
  t.ok(desk.send(A, 'topic', bytes, 0));
  bytes.fill(9);
  t.same(sent, [{ to: A, frame: { type: 'oob', topic: 'topic', bytes: Uint8Array.of(1, 2, 3) } }]);
});

t.test('what is no message', async (t) => {
  const { desk, sent } = makeDesk();
  for (const topic of ['', ' ', 'a b', 'ä', 'x'.repeat(33), 'a\n']) {
    t.throws(() => desk.send(A, topic, new Uint8Array(1), 0), RangeError, JSON.stringify(topic));
  }
  t.throws(() => desk.send(A, 'a', new Uint8Array(1_001), 0), RangeError);
  t.notOk(desk.send(NOBODY, 'a', new Uint8Array(1), 0));
  t.same(sent, []);
  t.ok(desk.send(A, 'x'.repeat(32), new Uint8Array(1_000), 0));
  t.equal(sent.length, 1);
});

t.test('without a session it waits for one, for ten seconds', async (t) => {
  const { desk, sent, up, happened } = makeDesk();
  up.clear();
  t.ok(desk.send(A, 'late', new Uint8Array(0), 0));
  t.ok(desk.send(A, 'a', new Uint8Array(0), 5_000));
  t.ok(desk.send(B, 'b', new Uint8Array(0), 5_000));
  t.same(happened, ['seek 1', 'seek 1', 'seek 2']);
  t.same(sent, []);
  up.add(A);
  desk.peerUp(A, 10_000);
  t.match(sent, [{ to: A, frame: { topic: 'a' } }]);
  desk.peerUp(A, 10_000);
  t.equal(sent.length, 1, 'once');
  desk.peerUp(B, 10_000);
  t.match(sent[1], { to: B, frame: { topic: 'b' } });
});

t.test('no more than 64 wait', async (t) => {
  const { desk, up } = makeDesk();
  up.clear();
  const accepted = Array.from({ length: 100 }, () => desk.send(A, 'a', new Uint8Array(0), 0)).filter(Boolean);
  t.equal(accepted.length, 64);
  t.ok(desk.send(A, 'a', new Uint8Array(0), 10_000), 'and old ones make room');
});

t.test('a session that is full takes none', async (t) => {
  const { desk, state } = makeDesk();
  state.isFull = true;
  t.notOk(desk.send(A, 'a', new Uint8Array(0), 0));
});

t.test('both directions are limited', async (t) => {
  const { desk, happened, sent } = makeDesk();
  for (let count = 0; count < 1_000; count++) desk.send(A, 'a', new Uint8Array(0), 0);
  t.equal(sent.length, 256);
  for (let count = 0; count < 1_000; count++) {
    desk.receive(B, { type: 'oob', topic: 'a', bytes: new Uint8Array(5) }, 0);
  }
  t.equal(happened.length, 256);
  t.equal(happened[0], 'from 2: a 5');
  desk.receive(A, { type: 'oob', topic: 'a', bytes: new Uint8Array(5) }, 0);
  t.equal(happened.length, 257, 'for each member');
});

t.test('an echo', async (t) => {
  const near = makeDesk();
  const far = makeDesk();
  near.desk.ping(A, 100);
  t.equal(near.oob(0).topic, 'ping');
  far.desk.receive(B, near.oob(0), 0);
  t.same(far.happened, [], 'is nobody else’s business');
  t.match(far.sent, [{ to: B, frame: { topic: 'pong', bytes: near.oob(0).bytes } }]);
  near.desk.receive(A, far.oob(0), 130);
  near.desk.receive(A, far.oob(0), 140);
  t.same(near.happened, ['echo 1 30'], 'once');
});

t.test('an echo waits for a session, and is timed from then on', async (t) => {
  const { desk, up, oob, happened } = makeDesk();
  up.clear();
  desk.ping(A, 0);
  up.add(A);
  desk.peerUp(A, 400);
  desk.receive(A, { ...oob(0), topic: 'pong' }, 450);
  t.same(happened, ['seek 1', 'echo 1 50']);
});

t.test('answers that nobody asked for, or that another gives, are none', async (t) => {
  const { desk, happened, oob } = makeDesk();
  desk.ping(A, 0);
  const answer: OobFrame = { ...oob(0), topic: 'pong' };
  desk.receive(B, answer, 10);
  for (let length = 0; length < 4; length++)
    desk.receive(A, { ...answer, bytes: answer.bytes.subarray(0, length) }, 10);
  desk.receive(A, { ...answer, bytes: Uint8Array.of(9, 9, 9, 9) }, 10);
  t.same(happened, []);
  desk.receive(A, answer, 10);
  t.same(happened, ['echo 1 10']);
});

t.test('long echoes are not sent back', async (t) => {
  const { desk, sent } = makeDesk();
  desk.receive(A, { type: 'oob', topic: 'ping', bytes: new Uint8Array(65) }, 0);
  t.same(sent, []);
  desk.receive(A, { type: 'oob', topic: 'ping', bytes: new Uint8Array(64) }, 0);
  t.equal(sent.length, 1);
});
