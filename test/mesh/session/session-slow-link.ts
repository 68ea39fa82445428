import t from 'tap';
import { SessionPair } from '../../fixtures/session-pair.ts';
import { EventQueue } from '../../fixtures/sim/event-queue.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

const FAST = { delayMs: 20, rateMbps: 30, queueMs: 100 };
const ASK_EVERY_MS = 100;

/** How long answers take on a connection that says a byte now and then, once the link gets slow of a download of so many bytes beside it, in ms. */
function answersBeside(bytes: number, slow: { readonly rateMbps: number; readonly queueMs: number }): number[] {
  const queue = new EventQueue();
  const pair = new SessionPair({ seed: 1, queue, there: { delayMs: 20 }, back: FAST });
  pair.b.onStream = (stream) => {
    const isDownload = stream.id === 0;
    let leftBytes = isDownload ? bytes : 0;
    stream.onEvent = () => {
      for (let piece = stream.read(); piece !== null; piece = stream.read()) if (!isDownload) stream.write(piece);
      for (; leftBytes > 0 && stream.bufferedBytes < stream.highWaterBytes; leftBytes -= 65_536) {
        stream.write(new Uint8Array(65_536));
      }
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

for (const [what, bytes, queueMs] of [
  ['a download', Number.POSITIVE_INFINITY, 400],
  ['a download, where nothing waits in queues', Number.POSITIVE_INFINITY, 0],
  ['a download that is all under way', 1_800_000, 400],
] as const) {
  t.test(`${what} holds nothing else up where its link gets slow`, async (t) => {
    const tookMs = answersBeside(bytes, { rateMbps: 0.5, queueMs });
    t.ok(tookMs.length >= 10, `${tookMs.length} answers`);
    t.ok(Math.max(...tookMs) < 1_800, `the slowest after ${Math.round(Math.max(...tookMs))} ms`);
  });
}
