import t from 'tap';
import { MessageBatch } from '../../../mesh/peering/message-batch.ts';
import { FakeLink } from './fixtures/fake-link.ts';

/** Puts messages of these lengths into a batch, each filled with its place in the list. */
function put(batch: MessageBatch, lengths: readonly number[]): void {
  for (const [index, bytes] of lengths.entries()) {
    const buffer = batch.room(bytes);
    buffer.fill(index, batch.offset, batch.offset + bytes);
    batch.added(bytes);
  }
}

function sizes(link: FakeLink): readonly (readonly [number, number])[] {
  return link.sent.map(({ bytes, messageBytes }) => [bytes.length, messageBytes]);
}

t.test('equal ones go together, a shorter one is the last, a longer one the first of the next', async (t) => {
  const link = new FakeLink();
  const batch = new MessageBatch(link);
  put(batch, [500, 500, 400]);
  t.same(sizes(link), [[1_400, 500]], 'sent without being told to');
  put(batch, [300, 600]);
  t.same(sizes(link).slice(1), [[300, 300]]);
  batch.flush();
  t.same(sizes(link).slice(2), [[600, 600]]);
  batch.flush();
  t.equal(link.sent.length, 3, 'an empty one sends nothing');
  t.equal(link.lent, 0);
});

t.test('no more than the kernel takes at once', async (t) => {
  const small = new FakeLink();
  put(
    new MessageBatch(small),
    Array.from({ length: 128 }, () => 64),
  );
  t.same(sizes(small), [
    [64 * 64, 64],
    [64 * 64, 64],
  ]);
  const large = new FakeLink();
  const batch = new MessageBatch(large);
  put(
    batch,
    Array.from({ length: 60 }, () => 1_232),
  );
  batch.flush();
  t.same(sizes(large), [
    [53 * 1_232, 1_232],
    [7 * 1_232, 1_232],
  ]);
});

t.test('a reliable link takes all sizes, as many as fit its buffer', async (t) => {
  const link = new FakeLink({ reliable: true, maxMessageBytes: 70_000 });
  const batch = new MessageBatch(link);
  put(batch, [10, 1_000, 68_990, 5]);
  t.same(sizes(link), [[70_000, 70_000]]);
  t.same([link.sent[0]!.bytes[9], link.sent[0]!.bytes[10], link.sent[0]!.bytes[1_010]], [0, 1, 2]);
  batch.flush();
  t.same(sizes(link).slice(1), [[5, 5]]);
});

t.test('room that is not used is there for the next one', async (t) => {
  const link = new FakeLink();
  const batch = new MessageBatch(link);
  batch.room(900);
  put(batch, [700]);
  batch.flush();
  t.same(sizes(link), [[700, 700]]);
});
