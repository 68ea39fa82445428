import t from 'tap';
import { LEAST_MESSAGE_BYTES, PathMtu, type PathMtuSizes } from '../../../mesh/session/path-mtu.ts';

const LATE_AFTER_MS = 100;

/** A search over a path that carries messages up to a size, with one probe a round trip; 50 ms each. */
class Search {
  readonly mtu: PathMtu;
  nowMs = 0;
  readonly tried: number[] = [];
  #next = 0;

  constructor(sizes: Partial<PathMtuSizes> = {}) {
    this.mtu = new PathMtu({ baseBytes: 1_232, maxBytes: 1_472, startBytes: sizes.baseBytes ?? 1_232, ...sizes });
  }

  /** Sends full packets of the size in use until nothing more is tried. */
  run(carriesBytes: number): void {
    for (let round = 0; round < 200; round++) {
      this.nowMs += 50;
      this.packet(carriesBytes);
      const bytes = this.mtu.probeBytes(this.nowMs);
      if (bytes === null && this.mtu.state === 'complete') return;
      if (bytes !== null) this.probe(bytes, bytes <= carriesBytes);
    }
  }

  /** Sends full packets until it is noticed that they do not pass. */
  shrink(carriesBytes: number): void {
    const { messageBytes } = this.mtu;
    for (let round = 0; round < 4 && this.mtu.messageBytes === messageBytes; round++) {
      this.nowMs += 50;
      this.packet(carriesBytes);
    }
  }

  probe(bytes: number, arrives: boolean): void {
    this.tried.push(bytes);
    const packetNumber = this.#next++;
    this.mtu.probeSent(packetNumber, bytes, this.nowMs);
    const range = [{ first: packetNumber, last: packetNumber }];
    if (arrives) this.mtu.acknowledged(range, LATE_AFTER_MS, this.nowMs + 40);
    else this.mtu.repaired(range);
  }

  packet(carriesBytes: number): void {
    const packet = { packetNumber: this.#next++, bytes: this.mtu.messageBytes, sentAtMs: this.nowMs };
    if (packet.bytes <= carriesBytes) this.mtu.packetAcknowledged(packet);
    else this.mtu.packetLost(packet);
    this.mtu.fallBack(50, this.#next);
  }
}

t.test('usual paths are found exactly, over IPv4 and IPv6', async (t) => {
  for (const mtuBytes of [1_500, 1_492, 1_480, 1_460, 1_420, 1_400, 1_380, 1_280]) {
    for (const headerBytes of [28, 48]) {
      const search = new Search();
      search.run(mtuBytes - headerBytes);
      t.equal(search.mtu.messageBytes, mtuBytes - headerBytes);
      t.ok(search.tried.length <= 24, `${search.tried.length} probes: ${search.tried.join(' ')}`);
    }
  }
  for (const carriesBytes of [1_096, 1_076, 996, 548]) {
    const search = new Search();
    search.run(carriesBytes);
    t.equal(search.mtu.messageBytes, carriesBytes);
  }
});

t.test('any other path is found to 16 bytes', async (t) => {
  for (let carriesBytes = LEAST_MESSAGE_BYTES; carriesBytes <= 1_472; carriesBytes++) {
    const search = new Search();
    search.run(carriesBytes);
    const { messageBytes } = search.mtu;
    if (messageBytes > carriesBytes || messageBytes < carriesBytes - 16) t.fail(`${messageBytes} for ${carriesBytes}`);
    if (search.tried.length > 36) t.fail(`${search.tried.length} probes for ${carriesBytes}`);
  }
});

t.test('the states', async (t) => {
  const { mtu, ...search } = new Search();
  t.equal(search.nowMs, 0);
  t.equal(mtu.state, 'base');
  t.equal(mtu.probeBytes(0), null, 'nothing is tried before the base is known to pass');
  mtu.packetAcknowledged({ packetNumber: 0, bytes: LEAST_MESSAGE_BYTES, sentAtMs: 0 });
  t.equal(mtu.state, 'base', 'what the least size carries says nothing');
  mtu.packetAcknowledged({ packetNumber: 1, bytes: 1_232, sentAtMs: 0 });
  t.equal(mtu.state, 'searching');
  t.equal(mtu.probeBytes(1), 1_472);
  mtu.probeSent(2, 1_472, 1);
  t.equal(mtu.probeBytes(1), null, 'one at a time');
  mtu.acknowledged([{ first: 2, last: 2 }], LATE_AFTER_MS, 50);
  t.equal(mtu.messageBytes, 1_472);
  t.equal(mtu.probeBytes(50), null);
  t.equal(mtu.state, 'complete');
});

t.test('where nothing larger can be tried, nothing is', async (t) => {
  const search = new Search({ maxBytes: 1_232 });
  search.run(1_472);
  t.same(search.tried, []);
  t.equal(search.mtu.messageBytes, 1_232);
});

t.test('it takes three losses in a row of one size', async (t) => {
  const search = new Search();
  search.packet(1_472);
  for (const arrives of [false, false, true]) search.probe(search.mtu.probeBytes(0)!, arrives);
  t.same(search.tried, [1_472, 1_472, 1_472]);
  t.equal(search.mtu.messageBytes, 1_472);
});

t.test('a probe is lost when later packets arrive and it is late, and not while nothing arrives', async (t) => {
  const search = new Search();
  search.packet(1_472);
  const { mtu } = search;
  for (let loss = 0; loss < 3; loss++) {
    t.equal(mtu.probeBytes(0), 1_472);
    mtu.probeSent(10 * loss + 10, 1_472, 0);
    mtu.acknowledged([{ first: 0, last: 10 * loss + 9 }], LATE_AFTER_MS, 1_000_000);
    mtu.acknowledged([{ first: 10 * loss + 11, last: 10 * loss + 12 }], LATE_AFTER_MS, LATE_AFTER_MS);
    t.equal(mtu.probeBytes(1_000_000), null, 'still under way');
    mtu.acknowledged([{ first: 10 * loss + 11, last: 10 * loss + 12 }], LATE_AFTER_MS, LATE_AFTER_MS + 1);
  }
  t.ok(mtu.probeBytes(200)! < 1_472);
});

t.test('probes that were never sent cannot be acknowledged', async (t) => {
  const search = new Search();
  search.packet(1_472);
  const { mtu } = search;
  mtu.acknowledged([{ first: 0, last: 1_000_000 }], LATE_AFTER_MS, 1);
  t.equal(mtu.messageBytes, 1_232);
  for (let round = 0; round < 100; round++) {
    const bytes = mtu.probeBytes(round);
    if (bytes !== null) mtu.probeSent(round, bytes, round);
    mtu.acknowledged([{ first: 0, last: 1_000_000 }], LATE_AFTER_MS, round);
    mtu.acknowledged([{ first: 0, last: 1_000_000 }], LATE_AFTER_MS, round);
    t.ok(mtu.messageBytes <= 1_472);
  }
});

t.test('a path that shrinks: to the base, or to what every path carries, and up again from there', async (t) => {
  const search = new Search();
  search.run(1_472);
  search.tried.length = 0;
  search.shrink(1_272);
  t.equal(search.mtu.messageBytes, 1_232);
  search.run(1_272);
  t.ok(search.mtu.messageBytes > 1_256 && search.mtu.messageBytes <= 1_272);
  t.equal(search.tried[0], 1_472, 'the size that failed is tried first');
  search.shrink(548);
  t.equal(search.mtu.messageBytes, 1_232);
  search.shrink(548);
  t.same([search.mtu.messageBytes, search.mtu.state], [548, 'error']);
  search.run(548);
  t.equal(search.mtu.messageBytes, 548);
  t.equal(search.mtu.state, 'complete');
  t.equal(search.mtu.fallbackBytes, 548);
});

t.test('after ten minutes it tries again', async (t) => {
  const search = new Search();
  search.run(1_096);
  search.nowMs += 599_000;
  t.equal(search.mtu.probeBytes(search.nowMs), null);
  search.nowMs += 1_000;
  search.run(1_472);
  t.equal(search.mtu.messageBytes, 1_472);
});

t.test('what an earlier path found is where the next one begins', async (t) => {
  for (const startBytes of [548, 1_096, 1_392]) {
    const search = new Search({ startBytes });
    t.equal(search.mtu.messageBytes, startBytes);
    search.run(1_472);
    t.equal(search.mtu.messageBytes, 1_472);
  }
});
