import t from 'tap';
import type { StreamEvent } from '../../mesh/mesh-stream.ts';
import { EarlyStream } from '../../socks/early-stream.ts';
import { streamPair } from '../fixtures/stream-pair.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { settled } from './fixtures/schedulers.ts';

const TARGET = { host: { type: 'name', name: 'site.example' }, port: 80 } as const;

function setup() {
  const { near, far } = streamPair({ target: TARGET, exit: nodeId(2), client: nodeId(1) });
  const events: StreamEvent['type'][] = [];
  const counts = { opened: 0, failed: 0 };
  const early = new EarlyStream(
    near,
    ({ bound }) => (counts.opened += bound.port),
    () => counts.failed++,
  );
  early.onEvent = ({ type }) => events.push(type);
  /** What the exit has got so far. */
  const got = async (): Promise<string> => {
    await settled();
    let all = '';
    for (let piece = far.read(); piece !== null; piece = far.read()) all += Buffer.from(piece).toString('latin1');
    return all;
  };
  return { near, far, early, events, counts, got };
}

t.test('a request goes at once, in however many pieces', async (t) => {
  const { far, early, events, got, counts } = setup();
  early.write(Buffer.from('GE'));
  t.equal(await got(), '');
  t.equal(early.bufferedBytes, 2);
  early.write(Buffer.from('T / HTTP/1.1\r\n'));
  t.equal(await got(), 'GET / HTTP/1.1\r\n');
  early.write(Buffer.from('\r\n'));
  early.finish();
  t.equal(await got(), '\r\n');
  t.ok(far.readEnded);
  far.accept(TARGET, 1);
  far.write(Buffer.from('answer'));
  await settled();
  t.same(events, ['readable']);
  t.equal(Buffer.from(early.read()!).toString(), 'answer');
  far.reset('reset-by-far');
  await settled();
  t.equal(counts.failed, 0, 'it did connect');
});

t.test('anything else waits for the exit, and so does the end', async (t) => {
  const { far, early, got } = setup();
  early.write(Buffer.from('SSH-2.0-x\r\n'));
  early.write(Buffer.from('GET '));
  early.finish();
  t.equal(await got(), '');
  t.notOk(far.readEnded);
  far.accept(TARGET, 1);
  t.equal(await got(), 'SSH-2.0-x\r\nGET ');
  await settled();
  t.ok(far.readEnded);
});

t.test('a site that speaks first is heard', async (t) => {
  const { far, early, got } = setup();
  far.accept(TARGET, 1);
  far.write(Buffer.from('220 ready'));
  await settled();
  t.equal(Buffer.from(early.read()!).toString(), '220 ready');
  early.write(Buffer.from('EHLO'));
  t.equal(await got(), 'EHLO');
});

t.test('a refusal is told, and what was held is dropped', async (t) => {
  const { far, early, events, counts } = setup();
  early.write(Buffer.from('SSH'));
  far.refuse('connection-refused');
  await settled();
  t.same(events, ['refused']);
  t.equal(counts.failed, 1);
  t.equal(early.bufferedBytes, 0);
});

t.test('a session that dies before the answer is told', async (t) => {
  const { far, early, events, counts } = setup();
  early.write(Buffer.from('GET / HTTP/1.1'));
  far.reset('session-gone');
  await settled();
  t.same(events, ['reset']);
  t.equal(counts.failed, 1);
});

t.test('a writer that fills the hold is told when it may go on', async (t) => {
  const { far, early, events } = setup();
  early.write(Buffer.alloc(60_000));
  t.ok(early.bufferedBytes < early.highWaterBytes);
  early.write(Buffer.alloc(10_000));
  t.ok(early.bufferedBytes >= early.highWaterBytes);
  far.accept(TARGET, 1);
  await settled();
  await settled();
  for (let n = 0; n < 20; n++) {
    far.read();
    await settled();
  }
  t.same(events, ['writable'], 'once, by the stream below');
});

t.test('what the user says goes to the stream below', async (t) => {
  const { near, far, early } = setup();
  t.equal(early.peer, nodeId(2));
  t.same(early.target, TARGET);
  t.equal(early.readEnded, false);
  const heard: string[] = [];
  far.onEvent = ({ type }) => heard.push(type);
  early.stop('reset-by-near');
  await settled();
  t.same(heard, ['stopped']);
  early.reset('reset-by-near');
  await settled();
  t.same(heard, ['stopped', 'reset']);
  t.ok(near.over);
});

t.test('bytes that were lent may change at once, held or not', async (t) => {
  const { far, early, got } = setup();
  const lent = Buffer.from('SSH');
  early.write(lent, true);
  lent.fill(0);
  far.accept(TARGET, 1);
  t.equal(await got(), 'SSH');
  const more = Buffer.from('more');
  early.write(more, true);
  more.fill(0);
  t.equal(await got(), 'more');
});
