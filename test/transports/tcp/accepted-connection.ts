import { once } from 'node:events';
import t from 'tap';
import { AcceptedConnection } from '../../../transports/tcp/accepted-connection.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { ManualSchedule } from '../../fixtures/manual-schedule.ts';
import { SeededRandom } from '../../fixtures/sim/seeded-random.ts';
import { openTcpPair } from '../../fixtures/tcp-pair.ts';
import type { TcpPair } from '../../fixtures/tcp-pair.ts';
import { testContext } from '../../fixtures/transport-bench.ts';
import { makeMessage } from '../../fixtures/transport-message.ts';

interface ConnectionSetup extends TcpPair {
  readonly connection: AcceptedConnection;
  readonly recorder: LinkRecorder;
  readonly schedule: ManualSchedule;
  /** What the owner was told. */
  readonly told: string[];
}

async function setup(seed = 1): Promise<ConnectionSetup> {
  const pair = await openTcpPair();
  const schedule = new ManualSchedule();
  const recorder = new LinkRecorder();
  const told: string[] = [];
  const owner = {
    changed: ({ kept }: AcceptedConnection) => void told.push(kept ? 'kept' : 'no longer kept'),
    gone: () => void told.push('gone'),
  };
  const context = testContext({ schedule: schedule.schedule, random: new SeededRandom(seed) });
  const connection = new AcceptedConnection(pair.near, context, recorder, owner);
  return { ...pair, connection, recorder, schedule, told };
}

const hello = Buffer.concat([Buffer.from('preamble'), makeMessage(1, 100)]);

t.test('each waits for an idle time of its own, from one to five minutes', async (t) => {
  const delays = new Set<number>();
  for (let seed = 0; seed < 20; seed += 1) {
    const { schedule, close } = await setup(seed);
    t.equal(schedule.pending.length, 1);
    const { delayMs } = schedule.pending[0]!;
    t.ok(delayMs >= 60_000 && delayMs <= 300_000, `${delayMs}`);
    delays.add(delayMs);
    close();
  }
  t.ok(delays.size > 15);
});

t.test('whatever comes starts the idle time again, with the same delay', async (t) => {
  const { near, far, schedule, close } = await setup();
  const [first] = schedule.pending;
  for (const bytes of [Buffer.from('a'), Buffer.alloc(200), hello]) {
    const [before] = schedule.pending;
    far.write(bytes);
    await once(near, 'data');
    t.equal(schedule.pending.length, 1);
    t.not(schedule.pending[0], before);
    t.equal(schedule.pending[0]!.delayMs, first!.delayMs);
  }
  close();
});

t.test('an idle stranger is dropped, and a user that knows the link hears of it', async (t) => {
  for (const [bytes, codes] of [
    [Buffer.from('a'), []],
    [hello, ['timed-out']],
  ] as const) {
    const { near, far, recorder, schedule, told, close } = await setup();
    far.write(bytes);
    await once(near, 'data');
    schedule.pending[0]!.fire();
    await once(near, 'close');
    t.strictSame(
      recorder.failures.map(({ failure }) => failure.code),
      codes,
    );
    t.strictSame(told, ['gone']);
    t.equal(schedule.pending.length, 0);
    close();
  }
});

t.test('a kept one may be idle, until it sends garbage', async (t) => {
  const { connection, near, far, recorder, schedule, told, close } = await setup();
  far.write(hello);
  await recorder.until(() => recorder.messages.length > 0);
  recorder.messages[0]!.link.keep();
  recorder.messages[0]!.link.keep();
  t.ok(connection.kept);
  t.equal(schedule.pending.length, 0);
  far.write(makeMessage(2, 100));
  await recorder.until(() => recorder.messages.length > 1);
  t.equal(schedule.pending.length, 0);
  far.write(Buffer.alloc(64));
  await recorder.until(() => recorder.failures.length > 0);
  t.strictSame(told, ['kept', 'no longer kept']);
  t.notOk(near.destroyed, 'it is read on');
  t.equal(schedule.pending.length, 1);
  schedule.pending[0]!.fire();
  await connection.ended;
  t.strictSame(told, ['kept', 'no longer kept', 'gone']);
  t.equal(recorder.failures.length, 1);
  close();
});

t.test('discarding tells its user nothing', async (t) => {
  const { connection, far, recorder, schedule, close } = await setup();
  far.write(hello);
  await recorder.until(() => recorder.messages.length > 0);
  connection.discard();
  await connection.ended;
  t.equal(recorder.failures.length, 0);
  t.equal(schedule.pending.length, 0);
  close();
});

t.test('is named by its remote address', async (t) => {
  const { connection, far, close } = await setup();
  t.equal(connection.link.remote, `tcp://127.0.0.1:${far.localPort}`);
  close();
});
