import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import { SendBufferPool } from '../../../transports/send-buffer-pool.ts';
import { MessageSplitter } from '../../../transports/tcp/message-splitter.ts';
import { isPrintable } from '../../../transports/tcp/preamble.ts';
import { SOCKET_QUEUE_BYTES, TcpLink } from '../../../transports/tcp/tcp-link.ts';
import type { TransportContext } from '../../../transports/transport-context.ts';
import type { Link } from '../../../transports/transport.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { ManualSchedule } from '../../fixtures/manual-schedule.ts';
import { openTcpPair } from '../../fixtures/tcp-pair.ts';
import type { TcpPair } from '../../fixtures/tcp-pair.ts';
import { sendMessage, testContext } from '../../fixtures/transport-bench.ts';
import { makeMessage, measureTestMessage, sequenceOf, splitRun } from '../../fixtures/transport-message.ts';

interface LinkSetup extends TcpPair {
  readonly link: TcpLink;
  readonly recorder: LinkRecorder;
  readonly schedule: ManualSchedule;
  /** What the role was told. */
  readonly told: string[];
}

async function setup(
  knownFromTheStart: boolean,
  recorder = new LinkRecorder(),
  changes: Partial<TransportContext> = {},
): Promise<LinkSetup> {
  const pair = await openTcpPair();
  const schedule = new ManualSchedule();
  const told: string[] = [];
  const role = {
    knownFromTheStart,
    kept: () => void told.push('kept'),
    unrecognised: () => void told.push('unrecognised'),
  };
  const context = testContext({ schedule: schedule.schedule, ...changes });
  const link = new TcpLink(pair.near, 'tcp://127.0.0.1:1', role, context, recorder);
  return { ...pair, link, recorder, schedule, told };
}

const preamble = Buffer.from('preamble');
const failureCodes = ({ recorder }: LinkSetup): string[] => recorder.failures.map(({ failure }) => failure.code);

t.ok(SOCKET_QUEUE_BYTES > 65_599);

t.test('preamble and first message leave in one write, the next ones bare', async (t) => {
  const { link, far, farReceived, close } = await setup(true);
  sendMessage(link, 0, 100);
  await once(far, 'data');
  const first = farReceived[0]!;
  const preambleBytes = first.length - 100;
  t.ok(preambleBytes >= 8 && preambleBytes <= 32, `${preambleBytes}`);
  t.ok(first.subarray(0, preambleBytes).every(isPrintable));
  t.equal(sequenceOf(first.subarray(preambleBytes)), 0);
  const sequences: number[] = [];
  const splitter = new MessageSplitter(measureTestMessage, (run) => sequences.push(...splitRun(run).map(sequenceOf)));
  splitter.push(first);
  far.on('data', (bytes) => splitter.push(bytes));
  for (let sequence = 1; sequence < 20; sequence += 1) sendMessage(link, sequence, 5_000);
  while (sequences.length < 20) await once(far, 'data');
  t.strictSame(sequences, [...Array(20).keys()]);
  t.equal(splitter.state, 'messages');
  close();
});

t.test('buffers come back when the kernel has the bytes', async (t) => {
  const buffers = new SendBufferPool();
  const { link: tcpLink, close } = await setup(true, new LinkRecorder(), { buffers });
  const link: Link = tcpLink;
  const lent = link.takeBuffer(1_000);
  link.send(lent, 100, 100);
  for (let turn = 0; turn < 100 && buffers.idleBytes === 0; turn += 1) await nextTurn();
  t.equal(link.takeBuffer(1_000), lent);
  link.send(lent, 0, 0);
  t.equal(link.takeBuffer(1_000), lent, 'at once when there was nothing to send');
  close();
});

for (const known of [true, false]) {
  const whom = known ? 'a link that its user knows' : 'a link that nobody heard of';
  const only = (...codes: string[]): string[] => (known ? codes : []);

  t.test(`${whom} and an end`, async (t) => {
    const all = await setup(known);
    all.far.end();
    await once(all.near, 'close');
    t.strictSame(failureCodes(all), only('ended'));
    all.close();
  });

  t.test(`${whom} and a reset`, async (t) => {
    const all = await setup(known);
    all.far.resetAndDestroy();
    await new Promise<void>((resolve) => all.near.once('close', () => resolve()));
    t.strictSame(failureCodes(all), only('reset'));
    all.close();
  });

  t.test(`${whom} and garbage`, async (t) => {
    const all = await setup(known);
    all.far.write('\0');
    await once(all.near, 'data');
    t.strictSame(all.told, ['unrecognised']);
    t.strictSame(failureCodes(all), only('garbage'));
    t.notOk(all.near.destroyed, 'that is up to the role');
    all.far.write(Buffer.concat([preamble, makeMessage(1, 100)]));
    await once(all.near, 'data');
    t.equal(all.recorder.messages.length, 0);
    t.strictSame(all.told, ['unrecognised'], 'once');
    all.link.abandon({ code: 'timed-out' });
    t.strictSame(failureCodes(all), only('garbage'), 'it was closed already');
    t.ok(all.near.destroyed);
    all.close();
  });

  t.test(`${whom} is abandoned`, async (t) => {
    const all = await setup(known);
    all.link.abandon({ code: 'timed-out' });
    all.link.abandon({ code: 'failed' });
    await once(all.near, 'close');
    t.strictSame(failureCodes(all), only('timed-out'));
    t.ok(all.near.destroyed);
    all.close();
  });
}

t.test('a link is known from its first message on', async (t) => {
  const all = await setup(false);
  all.far.write(Buffer.concat([preamble, makeMessage(1, 100)]));
  await all.recorder.until(() => all.recorder.messages.length > 0);
  all.far.write(Buffer.alloc(64));
  await all.recorder.until(() => all.recorder.failures.length > 0);
  t.strictSame(failureCodes(all), ['garbage']);
  all.close();
});

t.test('keeping is passed on, but for a closed link', async (t) => {
  const { link, told, close } = await setup(true);
  link.keep();
  link.close();
  link.keep();
  t.strictSame(told, ['kept']);
  close();
});

t.test('nothing is delivered after close, not even from the same read', async (t) => {
  const all = await setup(true, new LinkRecorder((link) => link.close()));
  const cut = makeMessage(0, 100);
  all.far.write(Buffer.concat([preamble, cut.subarray(0, 50)]));
  await once(all.near, 'data');
  all.far.write(Buffer.concat([cut.subarray(50), makeMessage(1, 100), Buffer.alloc(64)]));
  await once(all.near, 'data');
  all.far.end();
  await once(all.near, 'close');
  t.equal(all.recorder.messages.length, 1);
  t.strictSame(failureCodes(all), []);
  t.strictSame(all.told, []);
  all.close();
});

t.test('what was sent before close leaves; a peer that does not end is not waited for', async (t) => {
  const { link, near, far, farReceived, schedule, close } = await setup(true);
  sendMessage(link, 0, 60_000);
  link.close();
  await once(far, 'end');
  t.ok(Buffer.concat(farReceived).length >= 60_008);
  t.notOk(near.destroyed);
  t.strictSame(
    schedule.pending.map(({ delayMs }) => delayMs),
    [2_000],
  );
  schedule.pending[0]!.fire();
  t.ok(near.destroyed);
  close();
});

t.test('a peer that ends in time leaves no timer behind', async (t) => {
  const { link, near, far, schedule, close } = await setup(true);
  link.close();
  far.end();
  await once(near, 'close');
  t.equal(schedule.pending.length, 0);
  close();
});
