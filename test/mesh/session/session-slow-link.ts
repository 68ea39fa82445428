import t from 'tap';
import { SessionPair } from '../../fixtures/session-pair.ts';
import { EventQueue } from '../../fixtures/sim/event-queue.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

const FAST = { delayMs: 20, rateMbps: 30, queueMs: 100 };
const ASK_EVERY_MS = 100;

/** How long answers take on a connection that says a byte now and then, once the link gets slow of a download beside it, in ms. */
function answersBeside(slow: { readonly rateMbps: number; readonly queueMs: number }): number[] {
  const queue = new EventQueue();
  const pair = new SessionPair({ seed: 1, queue, there: { delayMs: 20 }, back: FAST });
  pair.b.onStream = (stream) => {
    const isDownload = stream.id === 0;
    stream.onEvent = () => {
      for (let piece = stream.read(); piece !== null; piece = stream.read()) if (!isDownload) stream.write(piece);
      while (isDownload && stream.bufferedBytes < stream.highWaterBytes) stream.write(new Uint8Array(65_536));
    };
    stream.accept(SOMEWHERE, 1);
    stream.onEvent({ type: 'writable' });
  };
  const download = pair.a.session.openStream(SOMEWHERE, 0);
  download.onEvent = () => {
    while (download.read() !== null);
  };
  const quiet = pair.a.session.openStream(SOMEWHERE, 0);
  let askedAtMs: number | null = null;
  const tookMs: number[] = [];
  quiet.onEvent = () => {
    while (quiet.read() !== null);
    if (askedAtMs !== null) tookMs.push(queue.nowMs - askedAtMs);
    askedAtMs = null;
  };
  pair.runFor(500);
  pair.paths.get(0)!.back.configure(slow);
  for (let turn = 0; turn < 80; turn++) {
    if (askedAtMs === null) {
      askedAtMs = queue.nowMs;
      quiet.write(new Uint8Array(1));
    }
    pair.runFor(ASK_EVERY_MS);
  }
  return tookMs;
}

for (const [what, queueMs] of [
  ['a download', 400],
  ['a download, where nothing waits in queues,', 0],
] as const) {
  t.test(`${what} holds nothing else up where its link gets slow`, async (t) => {
    const tookMs = answersBeside({ rateMbps: 0.5, queueMs });
    t.ok(tookMs.length >= 15, `${tookMs.length} answers`);
    t.ok(Math.max(...tookMs) < 2_000, `the slowest after ${Math.round(Math.max(...tookMs))} ms`);
  });
}
