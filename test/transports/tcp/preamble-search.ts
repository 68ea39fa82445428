import t from 'tap';
import { PREAMBLE_SEARCH_BYTES, PreambleSearch } from '../../../transports/tcp/preamble-search.ts';
import type { MeasureMessage } from '../../../transports/transport.ts';
import { makeMessage, measureTestMessage } from '../../fixtures/transport-message.ts';

const LENGTHS = Array.from({ length: 25 }, (_, index) => 8 + index);

/** Counts the trials and passes them on. */
function counted(measure: MeasureMessage): { measure: MeasureMessage; offsets: number[] } {
  const offsets: number[] = [];
  return {
    offsets,
    measure: (bytes, offset) => {
      offsets.push(offset);
      return measure(bytes, offset);
    },
  };
}

const nothing: MeasureMessage = () => 0;

/** Feeds `bytes` one at a time; returns how many it took to decide, and what. */
function feed(search: PreambleSearch, bytes: Uint8Array): [string, number] {
  const seen = new Uint8Array(PREAMBLE_SEARCH_BYTES);
  for (let end = 1; end <= bytes.length; end += 1) {
    seen[end - 1] = bytes[end - 1]!;
    const result = search.search(seen, end);
    if (result.kind !== 'more') return [result.kind, end];
  }
  return ['more', bytes.length];
}

t.equal(PREAMBLE_SEARCH_BYTES, 96);

for (const first of [0x00, 0x20]) {
  t.test(`finds a preamble of each length before a first byte of ${first}`, async (t) => {
    for (const length of LENGTHS) {
      const message = makeMessage(1, 500);
      // Its magic depends on both words, so both change.
      const bytes = Buffer.concat([Buffer.alloc(length, 'p'), message]);
      bytes[length + 4] = bytes[length + 4]! ^ bytes[length]! ^ first;
      bytes[length] = first;
      t.strictSame(new PreambleSearch(measureTestMessage).search(bytes, bytes.length), {
        kind: 'found',
        preambleBytes: length,
        messageBytes: 500,
      });
      t.strictSame(feed(new PreambleSearch(measureTestMessage), bytes), ['found', length + 64], 'as soon as it can');
    }
  });
}

t.test('other lengths are garbage', async (t) => {
  for (const length of [0, 1, 7, 33, 40]) {
    const bytes = Buffer.concat([Buffer.alloc(length, '~'), makeMessage(1, 500)]);
    t.equal(new PreambleSearch(measureTestMessage).search(bytes, bytes.length).kind, 'garbage', String(length));
  }
});

t.test('each possible end is tried once, however the bytes come', async (t) => {
  const printable = Buffer.alloc(200, 'x');
  const atOnce = counted(nothing);
  t.equal(new PreambleSearch(atOnce.measure).search(printable, 200).kind, 'garbage');
  t.strictSame(atOnce.offsets, LENGTHS);
  const slowly = counted(nothing);
  t.strictSame(feed(new PreambleSearch(slowly.measure), printable), ['garbage', 96]);
  t.strictSame(slowly.offsets, LENGTHS);
});

t.test('the first byte that is not printable ends the search early', async (t) => {
  for (const printableBytes of [0, 1, 7]) {
    const { measure, offsets } = counted(nothing);
    const bytes = Buffer.concat([Buffer.alloc(printableBytes, ' '), Buffer.alloc(200, 0x7f)]);
    t.strictSame(feed(new PreambleSearch(measure), bytes), ['garbage', printableBytes + 1]);
    t.strictSame(offsets, []);
  }
  for (const printableBytes of [8, 20, 31]) {
    const { measure, offsets } = counted(nothing);
    const bytes = Buffer.concat([Buffer.alloc(printableBytes, ' '), Buffer.alloc(200, 0x1f)]);
    t.strictSame(feed(new PreambleSearch(measure), bytes), ['garbage', printableBytes + 64]);
    t.strictSame(
      offsets,
      LENGTHS.filter((length) => length <= printableBytes),
    );
  }
});

t.test('nothing is decided on too little', async (t) => {
  const search = new PreambleSearch(measureTestMessage);
  t.equal(search.search(new Uint8Array(96), 0).kind, 'more');
  t.equal(search.search(Buffer.alloc(96, 'a'), 71).kind, 'more');
});
