import t from 'tap';
import { EventQueue } from '../../fixtures/sim/event-queue.ts';
import { SessionPair } from '../../fixtures/session-pair.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

t.test('what is on its way, kept and unread is counted, and nothing remains once it is read', async (t) => {
  const pair = new SessionPair({ seed: 1, queue: new EventQueue(), there: { delayMs: 20 } });
  pair.b.onStream = (stream) => stream.accept(SOMEWHERE, 0);
  const stream = pair.a.session.openStream(SOMEWHERE, 0);
  stream.write(new Uint8Array(5_000));
  pair.runUntil(() => false, 10);
  t.match(pair.a.session.stats, { streams: 1, cachedBytes: 5_000 });
  t.ok(pair.a.session.stats.bytesInFlight > 5_000, 'with what packets cost');
  pair.runUntil(() => false, 1_000);
  t.match(pair.a.session.stats, { cachedBytes: 0, bytesInFlight: 0 });
  t.match(pair.b.session.stats, { streams: 1, unreadBytes: 5_000, missingPackets: 0, waitingSegments: 0 });
  stream.reset('shutting-down');
  pair.runUntil(() => false, 1_000);
  t.match(pair.b.session.stats, { streams: 0, unreadBytes: 0 });
});
