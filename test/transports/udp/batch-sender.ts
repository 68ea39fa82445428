import t from 'tap';
import { BatchSender } from '../../../transports/udp/batch-sender.ts';
import { FakeSocketOptions } from '../../fixtures/fake-socket-options.ts';

function setup(): { options: FakeSocketOptions; batches: BatchSender } {
  const options = new FakeSocketOptions();
  return { options, batches: new BatchSender(options, 5) };
}

const numbered = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => (i * 31) >>> 3);
const lengths = (options: FakeSocketOptions): number[] => options.sent.map(({ bytes }) => bytes.length);

t.test('a batch is one call, whatever is at its end', async (t) => {
  for (const bytes of [100, 1_000, 1_077, 6_400]) {
    const { options, batches } = setup();
    const buffer = numbered(8_000);
    t.strictSame(batches.send(null, buffer, bytes, 100), { doneBytes: bytes, problem: '' });
    t.strictSame(options.sent, [{ to: 'peer', bytes: buffer.slice(0, bytes), segmentBytes: 100 }]);
  }
});

t.test('never more datagrams or bytes than the system takes', async (t) => {
  for (const messageBytes of [1, 64, 100, 1_023, 1_024, 1_232, 1_472, 8_952, 40_000, 65_507]) {
    const { options, batches } = setup();
    const buffer = numbered(66_560);
    const bytes = Math.min(66_560, messageBytes * 200 + 1);
    batches.send({ address: '192.0.2.7', port: 4_840 }, buffer, bytes, messageBytes);
    for (const { bytes: piece, to } of options.sent) {
      t.ok(piece.length <= 65_507 && Math.ceil(piece.length / messageBytes) <= 64);
      t.equal(to, '192.0.2.7 4840');
    }
    for (const piece of lengths(options).slice(0, -1)) t.equal(piece % messageBytes, 0, 'cut between messages');
    t.strictSame(Buffer.concat(options.sent.map((sent) => sent.bytes)), Buffer.from(buffer.subarray(0, bytes)));
  }
});

t.test('what the system can not take now is left', async (t) => {
  const { options, batches } = setup();
  options.problems = ['', 'EAGAIN'];
  t.strictSame(batches.send(null, numbered(20_000), 20_000, 100), { doneBytes: 6_400, problem: '' });
  t.strictSame(lengths(options), [6_400]);
});

for (const refusal of ['EINVAL', 'EIO', 'EMSGSIZE', 'EOPNOTSUPP']) {
  t.test(`batches refused with ${refusal} leave one by one, and are not tried each time`, async (t) => {
    const { options, batches } = setup();
    options.judge = (_, segments) => (segments > 1 ? refusal : '');
    t.strictSame(batches.send(null, numbered(1_050), 1_050, 100), { doneBytes: 1_050, problem: '' });
    t.strictSame(lengths(options), [...Array<number>(10).fill(100), 50]);
    const calls = options.calls;
    batches.send(null, numbered(500), 500, 100);
    t.equal(options.calls, calls + 5);
    options.judge = () => '';
    options.sent.length = 0;
    batches.send(null, numbered(500), 500, 99);
    t.strictSame(lengths(options), [500], 'smaller ones are still sent together');
    for (let count = 0; count < 1_100; count += 1) batches.send(null, numbered(500), 500, 100);
    t.equal(lengths(options).at(-1), 500, 'and in the end all of them: the way out may be another one');
  });
}

t.test('what a router said of an earlier datagram costs none of these', async (t) => {
  const { options, batches } = setup();
  options.problems = ['EMSGSIZE'];
  t.strictSame(batches.send(null, numbered(500), 500, 100), { doneBytes: 500, problem: '' });
  t.strictSame(lengths(options), [500]);
});

t.test('a message that is too large is lost alone', async (t) => {
  const { options, batches } = setup();
  options.judge = (length) => (length > 1_400 ? 'EMSGSIZE' : '');
  t.strictSame(batches.send(null, numbered(1_472), 1_472, 1_472), { doneBytes: 1_472, problem: 'EMSGSIZE' });
  batches.send(null, numbered(300), 300, 100);
  t.strictSame(lengths(options), [300], 'batches go on as batches');
});

t.test('another error is told and does not end the batch', async (t) => {
  const { options, batches } = setup();
  options.problems = ['ECONNREFUSED'];
  t.strictSame(batches.send(null, numbered(10_000), 10_000, 100), { doneBytes: 10_000, problem: 'ECONNREFUSED' });
  t.strictSame(lengths(options), [3_600]);
  t.strictSame(batches.send(null, numbered(100), 100, 100), { doneBytes: 100, problem: '' });
});
