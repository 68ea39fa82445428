import { once } from 'node:events';
import t from 'tap';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import { DirectStream } from '../../../socks/direct/direct-stream.ts';
import type { DialOutcome } from '../../../socks/egress/exit-dialer.ts';
import { settled } from '../fixtures/schedulers.ts';
import { closeCode, pattern, SocketReader, socketPair, textUntilEnd } from '../fixtures/sockets.ts';

const bound = { host: { type: 'ip', bytes: Uint8Array.of(127, 0, 0, 1) }, port: 9 } as const;
const destination = { address: Uint8Array.of(127, 0, 0, 1), country: null, position: null };

/** A stream whose dial the test answers. */
function setup() {
  const events: StreamEvent[] = [];
  const counts = { cancelled: 0, closed: 0 };
  let answer: (outcome: DialOutcome) => void = () => {};
  const stream = new DirectStream(
    (done) => {
      answer = done;
      return () => counts.cancelled++;
    },
    () => counts.closed++,
  );
  stream.onEvent = (event) => events.push(event);
  const types = () => events.map(({ type }) => type);
  return { stream, events, types, counts, dialled: (outcome: DialOutcome) => answer(outcome) };
}

/** A stream that is connected; `there` is the site. */
async function connected() {
  const { here, there } = await socketPair();
  here.pause();
  const made = setup();
  made.dialled({ type: 'connected', socket: here, bound, connectMs: 5, destination });
  const readAll = (): Buffer => {
    const pieces: Uint8Array[] = [];
    for (let bytes = made.stream.read(); bytes !== null; bytes = made.stream.read()) pieces.push(bytes);
    return Buffer.concat(pieces);
  };
  return { ...made, here, there, readAll };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

t.test('opened, bytes both ways, and both ends', async (t) => {
  const { stream, events, types, there, readAll, counts } = await connected();
  t.same(events, [{ type: 'opened', bound, connectMs: 5, destination }]);
  t.equal(stream.read(), null);
  stream.write(Buffer.from('question'));
  const lent = Buffer.from(' lent');
  stream.write(lent, true);
  lent.fill(0);
  stream.finish();
  t.equal(await textUntilEnd(there), 'question lent');
  t.notOk(stream.readEnded, 'half-open');
  there.end('answer');
  await until(() => types().length >= 3);
  t.notOk(stream.readEnded, 'not before all was read');
  t.equal(readAll().toString(), 'answer');
  t.ok(stream.readEnded);
  await until(() => counts.closed === 1);
  t.notOk(types().includes('reset'));
  stream.reset();
  stream.write(Buffer.from('too late'));
  stream.finish();
  t.equal(counts.closed, 1);
});

t.test('what came before the end may be read after the connection is gone', async (t) => {
  const { stream, there, readAll, counts, types } = await connected();
  there.end('last words');
  stream.finish();
  there.resume();
  await until(() => counts.closed === 1);
  t.equal(readAll().toString(), 'last words');
  t.ok(stream.readEnded);
  t.notOk(types().includes('reset'));
});

t.test('refused, whatever the reason; nothing follows', async (t) => {
  for (const outcome of [
    { type: 'refused', reason: 'connection-refused' },
    { type: 'located', lookupMs: 1, destination },
  ] as const) {
    const { stream, events, counts, dialled } = setup();
    dialled(outcome);
    const reason = outcome.type === 'refused' ? outcome.reason : 'not-allowed';
    t.same(events, [{ type: 'refused', reason }]);
    stream.reset();
    stream.write(Buffer.from('x'));
    stream.finish();
    await settled();
    t.same(counts, { cancelled: 0, closed: 1 });
    t.equal(events.length, 1);
  }
});

t.test('given up while it connects', async (t) => {
  const { stream, events, counts } = setup();
  stream.reset();
  stream.reset();
  t.equal(counts.closed, 0, 'never inside the call');
  await settled();
  t.same(counts, { cancelled: 1, closed: 1 });
  t.same(events, []);
});

t.test('a reset here is an RST there', async (t) => {
  const { stream, types, there, counts } = await connected();
  const code = closeCode(there);
  there.resume();
  stream.reset();
  t.equal(await code, 'ECONNRESET');
  await until(() => counts.closed === 1);
  t.same(types(), ['opened']);
});

t.test('an RST there is a reset here, and what was not read is lost', async (t) => {
  const { stream, types, there, here, counts } = await connected();
  there.write('half of it');
  await until(() => types().includes('readable'));
  there.resetAndDestroy();
  await until(() => counts.closed === 1);
  t.ok(here.destroyed);
  t.equal(types().at(-1), 'reset');
  t.equal(stream.read(), null);
  t.notOk(stream.readEnded);
});

t.test('a site that says a lot while nobody reads is held up, and nothing is lost', async (t) => {
  const sent = pattern(8_000_000, 3);
  const { stream, here, there, readAll } = await connected();
  there.end(sent);
  await until(() => here.isPaused());
  for (let turn = 0; turn < 20; turn++) await settled();
  t.ok(here.bytesRead < 2_000_000, `${here.bytesRead} bytes were read`);
  const pieces: Buffer[] = [];
  while (!stream.readEnded) {
    pieces.push(readAll());
    await settled();
  }
  t.ok(Buffer.concat(pieces).equals(sent));
  stream.finish();
  await once(here, 'close');
});

t.test('a site that does not read holds up whoever writes, who is told when it does', async (t) => {
  const { stream, types, there } = await connected();
  let written = 0;
  while (stream.bufferedBytes < stream.highWaterBytes) {
    stream.write(Buffer.alloc(65_536));
    written += 65_536;
    await settled();
  }
  t.notOk(types().includes('writable'));
  const reader = new SocketReader(there);
  const all = reader.exactly(written);
  await until(() => types().includes('writable'));
  t.ok(stream.bufferedBytes < stream.highWaterBytes);
  t.equal((await all).length, written);
  stream.reset();
});
