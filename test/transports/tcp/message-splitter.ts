import fc from 'fast-check';
import t from 'tap';
import { MessageSplitter } from '../../../transports/tcp/message-splitter.ts';
import type { SplitterState } from '../../../transports/tcp/message-splitter.ts';
import { makeMessage, measureTestMessage, sequenceOf, splitRun } from '../../fixtures/transport-message.ts';

const SEED = { seed: 2_026, numRuns: 150 };

/** A splitter and the sequence numbers that came out, -1 for a damaged one; `runs` says how many a call. */
function setup(): { splitter: MessageSplitter; sequences: number[]; runs: number[] } {
  const sequences: number[] = [];
  const runs: number[] = [];
  const splitter = new MessageSplitter(measureTestMessage, (run) => {
    const messages = splitRun(run);
    runs.push(messages.length);
    sequences.push(...messages.map(sequenceOf));
  });
  return { splitter, sequences, runs };
}

/** A preamble and messages of the given lengths, numbered from 0. */
function makeStream(preambleBytes: number, lengths: readonly number[]): Buffer {
  return Buffer.concat([Buffer.alloc(preambleBytes, 'preamble'), ...lengths.map((bytes, i) => makeMessage(i, bytes))]);
}

/** Pushes `stream` cut at the given places. What was pushed is overwritten after, as reused read buffers are. */
function pushCut(splitter: MessageSplitter, stream: Uint8Array, cuts: readonly number[]): void {
  let start = 0;
  for (const cut of [...cuts, stream.length].map((place) => place % (stream.length + 1)).sort((a, b) => a - b)) {
    const piece = stream.slice(start, cut);
    splitter.push(piece);
    piece.fill(0xdb);
    start = cut;
  }
  splitter.push(stream.slice(start));
}

const preambleBytes = fc.integer({ min: 8, max: 32 });
const lengths = fc.array(fc.oneof(fc.integer({ min: 64, max: 300 }), fc.integer({ min: 64, max: 65_854 })), {
  minLength: 1,
  maxLength: 12,
});
const cuts = fc.array(fc.nat(), { maxLength: 40 });

t.test('however the stream is cut, the same messages come out', async (t) => {
  fc.assert(
    fc.property(preambleBytes, lengths, cuts, (preamble, lengths, cuts) => {
      const { splitter, sequences } = setup();
      pushCut(splitter, makeStream(preamble, lengths), cuts);
      return splitter.state === 'messages' && sequences.join() === [...lengths.keys()].join();
    }),
    SEED,
  );
  t.pass();
});

t.test('garbage is noticed wherever it starts, and what was whole before it comes out', async (t) => {
  fc.assert(
    fc.property(preambleBytes, lengths, cuts, fc.nat(), (preamble, lengths, cuts, at) => {
      const { splitter, sequences } = setup();
      const whole = at % (lengths.length + 1);
      // Not printable, so it can't pass for a longer preamble.
      const stream = [makeStream(preamble, lengths.slice(0, whole)), Buffer.alloc(100), makeStream(8, lengths)];
      pushCut(splitter, Buffer.concat(stream), cuts);
      return splitter.state === 'garbage' && sequences.join() === [...lengths.keys()].slice(0, whole).join();
    }),
    SEED,
  );
  t.pass();
});

t.test('one byte at a time: each message comes out with its last byte, after each preamble', async (t) => {
  const sizes = [64, 65, 200, 64, 1_000];
  for (let preamble = 8; preamble <= 32; preamble += 1) {
    const { splitter, sequences } = setup();
    const ends = sizes.map((_, index) => preamble + sizes.slice(0, index + 1).reduce((sum, bytes) => sum + bytes));
    const wrong: string[] = [];
    for (const [index, byte] of makeStream(preamble, sizes).entries()) {
      splitter.push(Uint8Array.of(byte));
      const bytes = index + 1;
      const state: SplitterState = bytes < preamble + 64 ? 'preamble' : 'messages';
      const whole = ends.filter((end) => end <= bytes).length;
      if (splitter.state !== state || sequences.length !== whole) wrong.push(`${bytes}: ${splitter.state}`);
    }
    t.strictSame(wrong, [], `preamble of ${preamble}`);
    t.strictSame(sequences, [0, 1, 2, 3, 4]);
  }
});

t.test('one byte at a time: garbage is known with the 64th byte after a message', async (t) => {
  const { splitter, sequences } = setup();
  splitter.push(makeStream(10, [100]));
  for (let count = 0; count < 63; count += 1) splitter.push(Uint8Array.of(0));
  t.equal(splitter.state, 'messages');
  splitter.push(Uint8Array.of(0));
  t.equal(splitter.state, 'garbage');
  t.strictSame(sequences, [0]);
});

t.test('each header is measured once, however it comes', async (t) => {
  let measured = 0;
  const splitter = new MessageSplitter(
    (bytes, offset) => {
      measured += 1;
      return measureTestMessage(bytes, offset);
    },
    () => {},
  );
  for (const byte of makeStream(8, [64, 3_000, 64, 500])) splitter.push(Uint8Array.of(byte));
  // The first message once more: the search told that it is there.
  t.ok(measured <= 5, `${measured} times`);
});

t.test('what stands whole in a read is passed on as one run, without a copy', async (t) => {
  const seen: Uint8Array[] = [];
  const splitter = new MessageSplitter(measureTestMessage, (run) => seen.push(run));
  const stream = makeStream(20, [100, 200, 300]);
  splitter.push(stream);
  t.equal(seen.length, 1);
  t.equal(seen[0]!.buffer, stream.buffer);
  t.strictSame([seen[0]!.byteOffset - stream.byteOffset, seen[0]!.length], [20, 600]);
});

t.test('a message cut by a read comes alone, the whole ones after it in one run', async (t) => {
  const { splitter, runs, sequences } = setup();
  const stream = makeStream(8, [100, 200, 300, 64, 64]);
  splitter.push(stream.subarray(0, 150));
  splitter.push(stream.subarray(150));
  t.strictSame(runs, [1, 1, 3]);
  t.strictSame(sequences, [0, 1, 2, 3, 4]);
});

t.test('the good messages of a read come before its garbage', async (t) => {
  const { splitter, sequences } = setup();
  splitter.push(Buffer.concat([makeStream(8, [100, 200]), Buffer.alloc(64)]));
  t.strictSame(sequences, [0, 1]);
  t.equal(splitter.state, 'garbage');
  splitter.push(makeStream(8, [100]));
  splitter.push(makeMessage(5, 100));
  t.strictSame(sequences, [0, 1], 'it is final');
});

t.test('a length outside of the limits is garbage before anything is held for it', async (t) => {
  for (const declared of [1, 63, 65_855, 0x8000_0000, 0xffff_ffff]) {
    const header = makeMessage(1, 64);
    new DataView(header.buffer).setUint32(8, declared);
    const first = setup();
    first.splitter.push(Buffer.concat([Buffer.alloc(8, 'p'), header, Buffer.alloc(40)]));
    t.equal(first.splitter.state, 'garbage', `${declared} as the first`);
    const later = setup();
    later.splitter.push(makeStream(8, [64]));
    later.splitter.push(header.subarray(0, 40));
    later.splitter.push(header.subarray(40));
    t.equal(later.splitter.state, 'garbage', `${declared} as a later one, cut`);
    t.strictSame([first.sequences, later.sequences], [[], [0]]);
  }
});

t.test('strangers', async (t) => {
  const strangers: readonly [string, Uint8Array, SplitterState][] = [
    ['nothing', new Uint8Array(0), 'preamble'],
    ['one byte', Buffer.from('G'), 'preamble'],
    ['a message without a preamble', makeMessage(1, 100), 'garbage'],
    ['a TLS client', Buffer.from('1603010200010001fc0303', 'hex'), 'garbage'],
    ['HTTP', Buffer.from(`GET / HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: ${'x'.repeat(80)}\r\n\r\n`), 'garbage'],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'), 'preamble'],
    ['printable bytes', Buffer.alloc(95, 'a'), 'preamble'],
    ['printable bytes for ever', Buffer.alloc(96, 'a'), 'garbage'],
  ];
  for (const [name, bytes, state] of strangers) {
    const { splitter, sequences } = setup();
    splitter.push(bytes);
    t.equal(splitter.state, state, name);
    const slow = setup();
    for (const byte of bytes) slow.splitter.push(Uint8Array.of(byte));
    t.equal(slow.splitter.state, state, `${name}, slowly`);
    t.strictSame([...sequences, ...slow.sequences], []);
  }
});
