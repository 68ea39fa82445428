// Sessions over paths of every size, in virtual time: what is found, and how long it takes when that changes.
import t from 'tap';
import { EventQueue } from '../../fixtures/sim/event-queue.ts';
import type { SimLinkOptions } from '../../fixtures/sim/sim-link-options.ts';
import { SessionPair } from '../../fixtures/session-pair.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

const MAX_PROBE_PAYLOAD_BYTES = 1_472 - 64;

/** A download without end from `a`, and what the reader at `b` has of it. */
class Download {
  readonly pair: SessionPair;
  readBytes = 0;
  /** The longest time without a byte, in ms. */
  longestStallMs = 0;
  #lastReadAtMs = 0;

  constructor(link: Partial<SimLinkOptions>, maxProbePayloadBytes = MAX_PROBE_PAYLOAD_BYTES, seed = 1) {
    this.pair = new SessionPair({ seed, queue: new EventQueue(), there: link, maxProbePayloadBytes });
    const { a, b, queue } = this.pair;
    b.onStream = (stream) => {
      stream.onEvent = () => {
        for (let piece = stream.read(); piece !== null; piece = stream.read()) this.readBytes += piece.length;
        this.longestStallMs = Math.max(this.longestStallMs, queue.nowMs - this.#lastReadAtMs);
        this.#lastReadAtMs = queue.nowMs;
      };
      stream.accept(SOMEWHERE, 1);
    };
    const stream = a.session.openStream(SOMEWHERE, 0);
    const chunk = new Uint8Array(16_384);
    stream.onEvent = () => {
      while (stream.bufferedBytes < stream.highWaterBytes) stream.write(chunk);
    };
    stream.write(chunk);
  }

  get messageBytes(): number {
    return this.pair.a.session.stats.maxMessageBytes;
  }

  /** From now on no larger IP packets pass, either way. */
  shrink(mtuBytes: number): void {
    const { there, back } = this.pair.paths.get(0)!;
    there.configure({ mtuBytes });
    back.configure({ mtuBytes });
    this.longestStallMs = 0;
    this.#lastReadAtMs = this.pair.queue.nowMs;
  }
}

for (const [mtuBytes, messageBytes] of [
  [1_500, 1_472],
  [1_492, 1_464],
  [1_420, 1_392],
  [1_400, 1_372],
  [1_280, 1_252],
  [1_124, 1_096],
  [576, 548],
] as const) {
  t.test(`a path MTU of ${mtuBytes} is found`, async (t) => {
    for (const lossRate of [0, 0.05]) {
      const download = new Download({ rateMbps: 20, delayMs: 25, mtuBytes, lossRate, queueMs: 200 });
      t.ok(download.pair.runUntil(() => download.pair.a.session.activePath?.mtuState === 'complete', 20_000));
      t.equal(download.messageBytes, messageBytes, `with ${lossRate * 100} % loss`);
      t.comment(`after ${Math.round(download.pair.queue.nowMs)} ms`);
      t.ok(download.longestStallMs < 1_500, `the longest stall was ${download.longestStallMs} ms`);
    }
  });
}

t.test('a path that shrinks in the middle of a download', async (t) => {
  for (const delayMs of [5, 100]) {
    const download = new Download({ rateMbps: 20, delayMs, mtuBytes: 1_500, queueMs: 200 });
    download.pair.runFor(4_000);
    t.equal(download.messageBytes, 1_472);
    for (const mtuBytes of [1_300, 576]) {
      download.shrink(mtuBytes);
      download.pair.runFor(8_000);
      t.ok(download.longestStallMs < 2_000, `${delayMs} ms, ${mtuBytes}: ${download.longestStallMs} ms without a byte`);
      t.ok(
        download.messageBytes <= mtuBytes - 28 && download.messageBytes > mtuBytes - 28 - 16,
        `${download.messageBytes}`,
      );
      const before = download.readBytes;
      download.pair.runFor(2_000);
      t.ok(download.readBytes - before > 0.75 * 20 * 125 * 2_000 * ((mtuBytes - 28 - 80) / mtuBytes));
    }
  }
});

t.test('a path that grows is noticed ten minutes later, while data flows', async (t) => {
  const download = new Download({ rateMbps: 0.5, delayMs: 25, mtuBytes: 1_300 });
  download.pair.runFor(10_000);
  const small = download.messageBytes;
  download.shrink(1_500);
  download.pair.runFor(580_000);
  t.equal(download.messageBytes, small);
  download.pair.runFor(30_000);
  t.equal(download.messageBytes, 1_472);
});

t.test('a path that carries nothing sends no probes', async (t) => {
  const download = new Download({ delayMs: 25, rateMbps: 20 });
  const { pair } = download;
  pair.a.session.tick(0);
  const idle = new SessionPair({ seed: 1, queue: new EventQueue(), there: {}, maxProbePayloadBytes: 1_408 });
  idle.a.session.ping(1);
  idle.runFor(10_000);
  t.equal(idle.a.session.stats.maxMessageBytes, 1_232);
  t.equal(idle.paths.get(0)!.carriers[0].sentPackets, 1);
  t.equal(idle.a.session.wakeAtMs, Infinity);
});

t.test('an outage costs no more than a search', async (t) => {
  const download = new Download({ delayMs: 25, rateMbps: 20 });
  const { there, back } = download.pair.paths.get(0)!;
  download.pair.runFor(2_000);
  t.equal(download.messageBytes, 1_472);
  for (let round = 0; round < 3; round++) {
    there.up = back.up = false;
    download.pair.runFor(3_000 + 77 * round);
    there.up = back.up = true;
    download.pair.runFor(2_000);
    t.equal(download.messageBytes, 1_472);
  }
});

t.test('loss in bursts is not taken for a small path for long', async (t) => {
  const burstLoss = { enterRate: 0.01, leaveRate: 0.2, lossRate: 0.9 };
  let smallSeconds = 0;
  for (let seed = 0; seed < 2; seed++) {
    const download = new Download({ delayMs: 25, rateMbps: 20, burstLoss }, MAX_PROBE_PAYLOAD_BYTES, seed);
    download.pair.runFor(5_000);
    for (let second = 0; second < 60; second++) {
      download.pair.runFor(1_000);
      if (download.messageBytes < 1_472) smallSeconds++;
    }
  }
  t.ok(smallSeconds < 12, `${smallSeconds} of 120 s`);
});

t.test('larger packets carry more', async (t) => {
  const read = (maxProbePayloadBytes: number): number => {
    const download = new Download({ rateMbps: 20, delayMs: 25, mtuBytes: 1_500 }, maxProbePayloadBytes);
    download.pair.runFor(10_000);
    return download.readBytes;
  };
  const ratio = read(MAX_PROBE_PAYLOAD_BYTES) / read(1_168);
  t.comment(`goodput with discovery: ${ratio.toFixed(3)} of that without`);
  t.ok(ratio > 1.005);
});
