import t from 'tap';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import type { Target } from '../../../mesh/session/target.ts';
import { EgressServer } from '../../../socks/egress/egress-server.ts';
import type { EgressOutcome, EgressServerOptions } from '../../../socks/egress/egress-server.ts';
import type { DialOutcome } from '../../../socks/egress/exit-dialer.ts';
import { streamPair } from '../../fixtures/stream-pair.ts';
import type { PairedStream } from '../../fixtures/stream-pair.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { settled } from '../fixtures/schedulers.ts';
import { closeCode, socketPair, textUntilEnd } from '../fixtures/sockets.ts';

const target: Target = { host: { type: 'name', name: 'example.com' }, port: 80 };
const bound: Target = { host: { type: 'ip', bytes: Uint8Array.of(192, 0, 2, 1) }, port: 9 };

const destination = { address: Uint8Array.of(198, 51, 100, 7), country: 'DE', position: null };

interface Client {
  readonly near: PairedStream;
  readonly far: PairedStream;
  readonly events: StreamEvent[];
}

/** An exit whose dialer is the test itself. */
function setup(options: Partial<EgressServerOptions> = {}) {
  const dials: { readonly done: (outcome: DialOutcome) => void; cancelled: boolean }[] = [];
  const outcomes: EgressOutcome[] = [];
  const server = new EgressServer({
    dialer: {
      dial(_, done) {
        const dial = { done, cancelled: false };
        dials.push(dial);
        return () => {
          dial.cancelled = true;
        };
      },
    },
    onEnd: (outcome) => outcomes.push(outcome),
    ...options,
  });
  const open = (client = 1): Client => {
    const pair = streamPair({ target, exit: nodeId(7), client: nodeId(client) });
    const events: StreamEvent[] = [];
    pair.near.onEvent = (event) => events.push(event);
    server.accept(pair.far);
    return { ...pair, events };
  };
  return { server, dials, outcomes, open };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

/** What the client can read now. */
function readAll(stream: PairedStream): string {
  const pieces: Uint8Array[] = [];
  for (let bytes = stream.read(); bytes !== null; bytes = stream.read()) pieces.push(bytes);
  return Buffer.concat(pieces).toString('latin1');
}

t.test('connects, says so, and serves what the client sent early', async (t) => {
  const { server, dials, outcomes, open } = setup();
  const { near, events } = open();
  near.write(Buffer.from('early'));
  near.finish();
  await settled();
  const { here, there } = await socketPair();
  dials[0]!.done({ type: 'connected', socket: here, bound, connectMs: 12, destination });
  t.equal(server.streams, 1);
  t.equal(await textUntilEnd(there), 'early');
  there.end('answer');
  let heard = '';
  await until(() => {
    heard += readAll(near);
    return near.readEnded;
  });
  t.equal(heard, 'answer');
  await until(() => server.streams === 0);
  t.same(events[0], { type: 'opened', bound, connectMs: 12, destination });
  const totals = { bytesFromSocket: 6, bytesToSocket: 5, end: 'finished' };
  t.same(outcomes, [{ type: 'served', client: 1, target, totals }]);
});

t.test('a refused dial is a refused stream', async (t) => {
  const { server, dials, outcomes, open } = setup();
  const { events } = open();
  dials[0]!.done({ type: 'refused', reason: 'host-unreachable' });
  await settled();
  t.same(events, [{ type: 'refused', reason: 'host-unreachable' }]);
  t.same(outcomes, [{ type: 'refused', client: 1, target, reason: 'host-unreachable' }]);
  t.equal(server.streams, 0);
});

t.test('a stream that is reset meanwhile takes its dial along', async (t) => {
  const { server, dials, outcomes, open } = setup({ maxDialsPerClient: 1 });
  const { near } = open();
  near.reset('reset-by-near');
  await settled();
  t.ok(dials[0]!.cancelled);
  t.same(outcomes, [{ type: 'cancelled', client: 1, target }]);
  t.equal(server.streams, 0);
  open();
  t.equal(dials.length, 2, 'and counts no more');
});

t.test('a client that wanted no bytes before the site was there', async (t) => {
  const { dials, open } = setup();
  const { near, far } = open();
  near.stop('reset-by-near');
  await settled();
  const { here, there } = await socketPair();
  dials[0]!.done({ type: 'connected', socket: here, bound, connectMs: 1, destination });
  there.write('unwanted');
  await settled();
  t.ok(here.isPaused());
  t.equal(far.bufferedBytes, 0);
  near.write(Buffer.from('wanted'));
  near.finish();
  t.equal(await textUntilEnd(there), 'wanted');
  there.destroy();
  here.destroy();
});

t.test('limits are per client', async (t) => {
  const { dials, open } = setup({ maxStreamsPerClient: 2, maxDialsPerClient: 1 });
  open(1);
  const second = open(1);
  await settled();
  t.same(second.events, [{ type: 'refused', reason: 'overloaded' }], 'one dial at a time');
  open(2);
  t.equal(dials.length, 2, 'another client is not concerned');

  const { here, there } = await socketPair();
  dials[0]!.done({ type: 'connected', socket: here, bound, connectMs: 1, destination });
  open(1);
  t.equal(dials.length, 3, 'a dial that is over does not count');
  dials[2]!.done({ type: 'refused', reason: 'failed' });
  const more = await socketPair();
  open(1);
  dials[3]!.done({ type: 'connected', socket: more.here, bound, connectMs: 1, destination });
  const fifth = open(1);
  await settled();
  t.same(fifth.events, [{ type: 'refused', reason: 'overloaded' }], 'two streams at a time');
  there.destroy();
  more.there.destroy();
});

t.test('closing cuts off what is dialled and what is served, and refuses the rest', async (t) => {
  const { server, dials, outcomes, open } = setup();
  const dialled = open();
  const served = open();
  const { here, there } = await socketPair();
  dials[1]!.done({ type: 'connected', socket: here, bound, connectMs: 1, destination });
  const code = closeCode(there);
  there.resume();
  server.close();
  server.close();
  t.equal(await code, 'ECONNRESET');
  await until(() => server.streams === 0);
  t.ok(dials[0]!.cancelled);
  t.same(dialled.events, [{ type: 'reset', reason: 'shutting-down' }]);
  t.same(served.events.at(-1), { type: 'reset', reason: 'shutting-down' });
  t.same(
    outcomes.map((outcome) => outcome.type),
    ['cancelled', 'served'],
  );
  const late = open();
  await settled();
  t.same(late.events, [{ type: 'refused', reason: 'overloaded' }]);
});

t.test('asked where a name is, it says so and ends the stream', async (t) => {
  const { server, dials, outcomes, open } = setup();
  const { near, events } = open();
  dials[0]!.done({ type: 'located', lookupMs: 3, destination });
  await settled();
  t.match(events[0], { type: 'opened', connectMs: 3, destination, bound: { port: 0 } });
  t.ok(near.readEnded);
  t.match(outcomes, [{ type: 'located', client: 1 }]);
  t.equal(server.streams, 0);
});
