import fc from 'fast-check';
import t from 'tap';
import type { Frame } from '../../../mesh/session/frame.ts';
import { Attack, payloadOf } from '../../fixtures/session-attack.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';
import { GOLDEN_FRAMES } from '../../fixtures/wire/golden-frames.ts';
import { ascii, fromHex, join } from '../../fixtures/wire/hex.ts';

const NONE = new Uint8Array(0);

const data = (streamId: number, offset: number, bytes: Uint8Array, last = false): Frame => ({
  type: 'data',
  streamId,
  offset,
  bytes,
  last,
});

t.test('data beyond the credit of a stream resets that stream and no other', async (t) => {
  const attack = new Attack();
  for (const offset of [262_144, 2 ** 40, Number.MAX_SAFE_INTEGER - 1]) attack.send(data(2, offset, Uint8Array.of(1)));
  attack.send(data(4, 262_143, ascii('ab')));
  t.equal(attack.stats.unreadBytes, 0);
  t.ok(attack.isHealthy());
  const victim = new Attack();
  victim.send(data(0, 262_144, Uint8Array.of(1)));
  victim.pair.runFor(100);
  t.same(victim.farEvents, ['reset']);
  t.notOk(victim.far.readEnded);
});

t.test('a session full of unread bytes takes no more', async (t) => {
  const attack = new Attack();
  const chunk = new Uint8Array(60_000);
  let sent = 0;
  for (let id = 2; id < 2_048; id += 2) {
    for (let offset = 0; offset < 240_000; offset += 60_000) {
      attack.send(data(id, offset, chunk));
      sent += 60_000;
    }
  }
  t.ok(sent > 200_000_000);
  const { unreadBytes } = attack.stats;
  t.ok(unreadBytes > 33_000_000 && unreadBytes <= 134_217_728, `${unreadBytes} bytes are held`);
  t.ok(attack.isHealthy());
});

t.test('ends that contradict each other', async (t) => {
  const three = ascii('abc');
  const cases: readonly (readonly Frame[])[] = [
    [data(0, 0, three, true), data(0, 3, three)],
    [data(0, 0, three, true), data(0, 0, ascii('ab'), true)],
    [data(0, 10, three), data(0, 0, three, true)],
    [data(0, 0, three, true), { type: 'reset', streamId: 0, reason: 'reset-by-near', finalOffset: 2 }],
    [data(0, 0, three), { type: 'reset', streamId: 0, reason: 'reset-by-near', finalOffset: 2 }],
    [{ type: 'reset', streamId: 0, reason: 'reset-by-near', finalOffset: 262_145 }],
    [{ type: 'reset', streamId: 0, reason: 'reset-by-near', finalOffset: Number.MAX_SAFE_INTEGER }],
  ];
  for (const frames of cases) {
    const attack = new Attack();
    for (const frame of frames) attack.send(frame);
    attack.pair.runFor(1_000);
    t.same(
      attack.farEvents.filter((type) => type !== 'readable'),
      ['reset'],
      frames.map(({ type }) => type).join(' '),
    );
    t.equal(attack.far.read(), null);
    t.notOk(attack.far.readEnded);
  }
});

t.test('streams that were never allowed', async (t) => {
  const attack = new Attack();
  const open = (streamId: number): Frame => ({ type: 'open', streamId, target: SOMEWHERE, firstData: ascii('x') });
  for (const id of [1, 3, 2_048, 2_050, 2 ** 40, Number.MAX_SAFE_INTEGER - 1]) {
    attack.send(open(id), data(id, 0, ascii('abc')), { type: 'stop', streamId: id, reason: 'reset-by-near' });
    attack.send({ type: 'reset', streamId: id, reason: 'reset-by-near', finalOffset: 5 });
    attack.send({ type: 'max-stream-data', streamId: id, bytes: 1_000_000 }, { type: 'blocked', streamId: id });
  }
  attack.pair.runFor(100);
  t.equal(attack.opened.length, 0);
  t.equal(attack.stats.streams, 1);
  for (let id = 2; id < 10_000; id += 2) attack.send(open(id));
  attack.pair.runFor(100);
  t.equal(attack.opened.length, 1_023, 'as many as a side may have, with the healthy one');
  t.ok(attack.isHealthy());
});

t.test('OPEN again, OPENED and REFUSED for streams that were not asked for', async (t) => {
  const attack = new Attack();
  attack.send({
    type: 'open',
    streamId: 0,
    target: { host: { type: 'name', name: 'other.example' }, port: 1 },
    firstData: NONE,
  });
  for (const streamId of [0, 1, 2, 4_000]) {
    attack.send(
      { type: 'opened', streamId, bound: SOMEWHERE, connectMs: 1, destination: null },
      { type: 'refused', streamId, reason: 'failed' },
    );
  }
  attack.pair.runFor(100);
  t.same(attack.far.target, SOMEWHERE);
  t.equal(attack.opened.length, 0);
  t.equal(attack.stats.streams, 1);
  t.ok(attack.isHealthy());
});

t.test('ACK and REPAIR for packets that were never sent, and for paths that are not there', async (t) => {
  const attack = new Attack();
  attack.far.write(new Uint8Array(200_000));
  for (let turn = 0; turn < 20; turn++) {
    for (const pathId of [0, 1, 128, 255]) {
      for (const type of ['ack', 'repair'] as const) {
        const ranges = [
          { first: 2 ** 52, last: 2 ** 53 - 1 },
          { first: 5_000_000, last: 2 ** 40 },
        ];
        if (type === 'ack') attack.send({ type, pathId, delayMs: 1e12, ranges });
        else attack.send({ type, pathId, ranges });
      }
    }
    attack.pair.runFor(10);
  }
  t.ok(attack.isHealthy());
});

t.test('REPAIR for everything, all the time', async (t) => {
  const attack = new Attack();
  for (let turn = 0; turn < 200; turn++) {
    attack.send({ type: 'repair', pathId: 0, ranges: [{ first: 0, last: 2 ** 40 }] });
    if (turn % 10 === 0) attack.pair.runFor(1);
  }
  t.ok(attack.isHealthy());
});

t.test('credit that shrinks or knows no bounds', async (t) => {
  const attack = new Attack();
  for (const bytes of [0, 1, Number.MAX_SAFE_INTEGER, 5]) {
    attack.send(
      { type: 'max-data', bytes },
      { type: 'max-stream-data', streamId: 0, bytes },
      { type: 'max-streams', count: bytes },
    );
  }
  const more = attack.pair.b.session.openStream(SOMEWHERE, attack.pair.queue.nowMs);
  t.equal(more.id, 1);
  // With endless credit the honest side behind it is flooded; it breaks the stream off by its own rules.
  t.doesNotThrow(() => attack.isHealthy());
});

t.test('every other byte alone: memory is bounded, the stream falls, the session stands', async (t) => {
  const attack = new Attack();
  const one = Uint8Array.of(7);
  let peak = 0;
  for (let id = 2; id < 40; id += 2) {
    // Some go beyond what one stream may keep, all together beyond what a session may.
    for (let at = 1; at < (id % 4 === 0 ? 40_000 : 30_000); at += 400) {
      attack.send(...Array.from({ length: 200 }, (_, index) => data(id, at + 2 * index, one)));
      peak = Math.max(peak, attack.stats.waitingSegments);
    }
  }
  t.ok(peak > 100_000 && peak <= 131_072, `${peak} runs were kept`);
  t.ok(attack.stats.waitingSegments < peak, 'the streams that went too far were dropped');
  t.ok(attack.isHealthy());
});

t.test('skipped packet numbers', async (t) => {
  const attack = new Attack();
  for (let power = 11; power < 48; power++) attack.sendBytes(Uint8Array.of(1), 2 ** power);
  t.ok(attack.stats.missingPackets <= 8_192);
  attack.far.write(new Uint8Array(10_000));
  attack.pair.runFor(2_000);
  t.ok(attack.near.read() !== null);
});

t.test('floods of small questions are answered once', async (t) => {
  const attack = new Attack();
  const before = attack.pair.paths.get(0)!.carriers[1].sentPackets;
  for (let turn = 0; turn < 50; turn++) {
    attack.sendBytes(payloadOf(...Array.from({ length: 500 }, (): Frame => ({ type: 'ping' }))));
    attack.sendBytes(payloadOf(...Array.from({ length: 500 }, (): Frame => ({ type: 'blocked', streamId: null }))));
    attack.sendBytes(payloadOf(...Array.from({ length: 500 }, (): Frame => ({ type: 'blocked', streamId: 0 }))));
  }
  attack.pair.runFor(50);
  const answers = attack.pair.paths.get(0)!.carriers[1].sentPackets - before;
  t.ok(answers <= 150, `${answers} packets for 150`);
  t.ok(attack.isHealthy());
});

t.test('anything at all: nothing throws, and the session goes on', async (t) => {
  const golden = fc.constantFrom(...GOLDEN_FRAMES.filter(({ level }) => level === 2).map(({ hex }) => fromHex(hex)));
  const small = fc.nat(12);
  const offset = fc.oneof(small, fc.nat(300_000), fc.maxSafeNat());
  const range = fc.tuple(fc.nat(60), fc.nat(60)).map(([first, length]) => [{ first, last: first + length }]);
  const id = fc.oneof(small, fc.maxSafeNat());
  const valid = fc.oneof(
    fc
      .record({ streamId: id, offset, bytes: fc.uint8Array({ maxLength: 20 }), last: fc.boolean() })
      .map((one): Frame | null => (one.offset + 20 > Number.MAX_SAFE_INTEGER ? null : { type: 'data', ...one })),
    fc
      .record({ streamId: id, finalOffset: offset })
      .map((one): Frame => ({ type: 'reset', reason: 'reset-by-far', ...one })),
    fc.record({ streamId: id }).map((one): Frame => ({ type: 'stop', reason: 'reset-by-near', ...one })),
    fc.record({ streamId: id }).map((one): Frame => ({ type: 'refused', reason: 'failed', ...one })),
    fc
      .record({ streamId: id })
      .map((one): Frame => ({ type: 'open', target: SOMEWHERE, firstData: ascii('hi'), ...one })),
    fc
      .record({ streamId: id })
      .map((one): Frame => ({ type: 'opened', bound: SOMEWHERE, connectMs: 3, destination: null, ...one })),
    fc.record({ streamId: id, bytes: offset }).map((one): Frame => ({ type: 'max-stream-data', ...one })),
    fc.record({ pathId: small, ranges: range, delayMs: fc.nat(1_000) }).map((one): Frame => ({ type: 'ack', ...one })),
    fc.record({ pathId: small, ranges: range }).map((one): Frame => ({ type: 'repair', ...one })),
  );
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(valid, { minLength: 1, maxLength: 8 })
      .map((frames) => payloadOf(...frames.filter((frame) => frame !== null))),
    fc.tuple(fc.array(golden, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(255)).map(([parts, at, value]) => {
      const bytes = join(...parts);
      bytes[at % bytes.length] = value;
      return bytes;
    }),
  );
  const property = fc.property(fc.array(payload, { minLength: 1, maxLength: 40 }), fc.nat(3), (payloads, pause) => {
    const attack = new Attack();
    attack.far.write(new Uint8Array(5_000));
    for (const [index, bytes] of payloads.entries()) {
      attack.sendBytes(bytes);
      if (index % 4 === pause) attack.pair.runFor(5);
    }
    attack.pair.runFor(3_000);
    const { unreadBytes } = attack.stats;
    if (unreadBytes < 0 || unreadBytes > 134_217_728) return false;
    // A stream that was not talked about still works, in a session that stands.
    const { a, b } = attack.pair;
    if (b.session.isEnded) return false;
    let read = 0;
    a.onStream = (stream) => {
      stream.onEvent = () => {
        for (let piece = stream.read(); piece !== null; piece = stream.read()) read += piece.length;
      };
    };
    b.session.ping(99);
    const later = b.session.openStream(SOMEWHERE, attack.pair.queue.nowMs);
    later.write(new Uint8Array(20_000));
    const isAnswered = (): boolean => b.events.some((event) => event.type === 'pong' && event.token === 99);
    return attack.pair.runUntil(() => read === 20_000 && isAnswered(), 20_000);
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 6, numRuns: 400 }));
});
