import t from 'tap';
import { listenTcp } from '../../../transports/tcp/tcp-listener.ts';
import type { Listener } from '../../../transports/transport.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { ManualSchedule } from '../../fixtures/manual-schedule.ts';
import { openRawTcp } from '../../fixtures/raw-peer.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { testContext } from '../../fixtures/transport-bench.ts';
import { makeMessage } from '../../fixtures/transport-message.ts';

const endpoint = { transport: 'tcp', host: '127.0.0.1', port: 0 } as const;
const preamble = Buffer.from('preamble');
const hello = Buffer.concat([preamble, makeMessage(1, 100)]);

interface ListenerSetup {
  readonly listener: Listener;
  readonly recorder: LinkRecorder;
  readonly schedule: ManualSchedule;
  /** Connects and returns when the listener has noticed. */
  connect(): Promise<RawPeer>;
  /** Sends and returns when the listener has read it from an unproven connection. */
  send(peer: RawPeer, bytes: Uint8Array): Promise<void>;
}

async function setup(recorder = new LinkRecorder(), maxStrangers = 100): Promise<ListenerSetup> {
  const schedule = new ManualSchedule();
  const context = testContext({ schedule: schedule.schedule });
  const listener = await listenTcp(endpoint, context, recorder, maxStrangers);
  const untilNoticed = async <T>(act: Promise<T>, before: number): Promise<T> => {
    const result = await act;
    await schedule.untilSet(before + 1);
    return result;
  };
  return {
    listener,
    recorder,
    schedule,
    connect: () => untilNoticed(openRawTcp(listener.endpoint), schedule.timersSet),
    send: (peer, bytes) => untilNoticed(peer.send(bytes), schedule.timersSet),
  };
}

const strangers: readonly [string, readonly Uint8Array[]][] = [
  ['one byte', [Buffer.from('a')]],
  ['bytes that can be no preamble', [Buffer.from([1, 2, 3])]],
  ['HTTP', [Buffer.from(`GET / HTTP/1.1\r\nHost: ${'h'.repeat(90)}\r\n\r\n`)]],
  ['a message without a preamble', [makeMessage(1, 100)]],
  ['a replayed message that proves nothing', [hello]],
  ['a replay cut short', [hello.subarray(0, 90)]],
  ['a message and then garbage', [hello, Buffer.alloc(64)]],
  ['a message and garbage at once', [Buffer.concat([hello, Buffer.alloc(200)])]],
];

for (const [name, writes] of strangers) {
  t.test(`to ${name} the answer is silence, and idleness ends it`, async (t) => {
    const { listener, schedule, connect, send } = await setup();
    const peer = await connect();
    for (const bytes of writes) await send(peer, bytes);
    // Whatever was thought of it, more is read.
    await send(peer, Buffer.alloc(1_000));
    await send(peer, hello);
    t.equal(schedule.pending.length, 1);
    t.ok(schedule.pending[0]!.delayMs >= 60_000);
    schedule.pending[0]!.fire();
    await peer.ended;
    t.strictSame(peer.received, []);
    await listener.close();
    t.equal(schedule.pending.length, 0);
  });
}

t.test('the oldest stranger makes room for one too many', async (t) => {
  const { listener, recorder, schedule, connect, send } = await setup(new LinkRecorder(), 2);
  const oldest = await connect();
  await send(oldest, hello);
  const second = await connect();
  await send(second, Buffer.alloc(10));
  const third = await connect();
  await oldest.ended;
  t.strictSame(
    recorder.failures.map(({ link, failure }) => [link === recorder.messages[0]!.link, failure.code]),
    [[true, 'failed']],
  );
  const fourth = await connect();
  await second.ended;
  t.equal(recorder.failures.length, 1);
  t.equal(schedule.pending.length, 2);
  await listener.close();
  await Promise.all([third.ended, fourth.ended]);
});

t.test('kept connections are no strangers', async (t) => {
  const { listener, recorder, connect, send } = await setup(new LinkRecorder((link) => link.keep()), 1);
  const member = await connect();
  await member.send(hello);
  await recorder.until(() => recorder.messages.length === 1);
  const first = await connect();
  const second = await connect();
  await first.ended;
  await member.send(makeMessage(2, 100));
  await recorder.until(() => recorder.messages.length === 2);
  t.equal(recorder.messages[1]!.link, recorder.messages[0]!.link);
  await send(second, Buffer.from('a'));
  // From now on it is one too many itself, and it is the newer.
  await send(member, Buffer.alloc(64));
  await second.ended;
  t.strictSame(
    recorder.failures.map(({ failure }) => failure.code),
    ['garbage'],
  );
  await send(member, Buffer.alloc(64));
  await listener.close();
  await member.ended;
});

t.test('closing ends all connections and tells nobody', async (t) => {
  const { listener, recorder, connect, send, schedule } = await setup(new LinkRecorder());
  const [silent, heard, member] = [await connect(), await connect(), await connect()];
  await send(heard, hello);
  await member.send(hello);
  await recorder.until(() => recorder.messages.length === 2);
  recorder.messages[1]!.link.keep();
  const closing = listener.close();
  t.equal(listener.close(), closing);
  await closing;
  await Promise.all([silent.ended, heard.ended, member.ended]);
  t.equal(recorder.failures.length, 0);
  t.equal(schedule.pending.length, 0);
});
