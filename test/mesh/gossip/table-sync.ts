import fc from 'fast-check';
import t from 'tap';
import { encodeDigest, MAX_DIGEST_BYTES } from '../../../mesh/gossip/digest.ts';
import { type GossipFrame, OutcomeDraft } from '../../../mesh/gossip/gossip-outcome.ts';
import { Knowledge } from '../../../mesh/gossip/knowledge.ts';
import { OwnRecord } from '../../../mesh/gossip/own-record.ts';
import { decodeRecords, MIN_RECORDS_BYTES } from '../../../mesh/gossip/records.ts';
import { encodeRevocation, signRevocation } from '../../../mesh/gossip/revocation.ts';
import { TableSync } from '../../../mesh/gossip/table-sync.ts';
import { encodeWants, type Wanted } from '../../../mesh/gossip/want.ts';
import { admin, credentialOf, keyPair, nodeId, recordOf, sodium } from './fixtures/documents.ts';

const NOW_S = 1_000_000;

/** What one node knows, and how it compares that. */
class Side {
  readonly knowledge: Knowledge;
  readonly sync: TableSync;
  readonly number: number;

  constructor(number: number) {
    this.number = number;
    const own = new OwnRecord(sodium, keyPair(number).secretKey, { current: 100 });
    this.knowledge = new Knowledge(sodium, admin.publicKey, own, credentialOf(number), null);
    this.sync = new TableSync(this.knowledge, MIN_RECORDS_BYTES);
  }

  learn(...numbers: readonly number[]): void {
    for (const number of numbers) this.update(number, 1);
  }

  update(number: number, sequence: number): void {
    const { bytes } = recordOf(number, { incarnation: 1, sequence }, undefined, undefined, undefined);
    this.knowledge.take(new OutcomeDraft(), { kind: 'record', bytes }, 0, NOW_S);
  }

  revoke(number: number, upToSerial: number): void {
    const bytes = encodeRevocation(signRevocation(sodium, admin.secretKey, { id: nodeId(number), upToSerial }));
    this.knowledge.take(new OutcomeDraft(), { kind: 'revocation', bytes }, 0, NOW_S);
  }

  /** What it answers to a frame, records left to the test. */
  receive(from: number, frame: GossipFrame, nowMs = 0): readonly GossipFrame[] {
    const draft = new OutcomeDraft();
    const peer = nodeId(from);
    if (frame.type === 'table') this.sync.onTable(draft, peer, frame.bytes, nowMs);
    if (frame.type === 'digest') this.sync.onDigest(draft, peer, frame.bytes, nowMs);
    if (frame.type === 'want') this.sync.onWant(draft, peer, frame.bytes, nowMs);
    for (const { to } of draft.actions) if (to !== peer) throw new Error('an answer to somebody else');
    return draft.actions.map((action) => action.frame);
  }

  get hash(): string {
    return Buffer.from(this.knowledge.summary.hash).toString('hex');
  }
}

/** Lets `a` begin, and carries everything to and fro until nothing is said any more. Returns what was said, as types. */
function talk(a: Side, b: Side, nowMs = 0): readonly string[] {
  const said: string[] = [];
  let flying = [{ from: a, to: b, frame: a.sync.notice(false) }];
  while (flying.length > 0) {
    const [{ from, to, frame }, ...rest] = flying as [(typeof flying)[number], ...typeof flying];
    said.push(`${from.number}:${frame.type}`);
    if (said.length > 1_000) throw new Error('it does not come to an end');
    if (frame.type === 'records')
      for (const item of decodeRecords(frame.bytes) ?? []) to.knowledge.take(new OutcomeDraft(), item, nowMs, NOW_S);
    const answers = to.receive(from.number, frame, nowMs);
    flying = [...rest, ...answers.map((answer) => ({ from: to, to: from, frame: answer }))];
  }
  return said;
}

t.test('the same tables are one word', async (t) => {
  const [one, two] = [new Side(1), new Side(2)];
  for (const side of [one, two]) side.learn(5, 6);
  t.same(talk(one, two), ['1:table']);
  t.same(talk(two, one), ['2:table']);
  two.update(5, 9);
  t.same(talk(one, two), ['1:table'], 'a newer version that says the same');
});

t.test('whoever begins, the lower number sends the digest', async (t) => {
  for (const order of ['lower', 'higher'] as const) {
    const [one, two] = [new Side(1), new Side(2)];
    one.learn(5, 6);
    two.learn(6, 7);
    const said = order === 'lower' ? talk(one, two) : talk(two, one);
    const head = order === 'lower' ? ['1:table', '2:table', '1:digest'] : ['2:table', '1:digest'];
    t.same(said, [...head, '2:records', '2:want', '1:records']);
    t.equal(one.hash, two.hash);
  }
});

t.test('any two tables become one, and only by what is lacking', async (t) => {
  const numbers = fc.uniqueArray(fc.integer({ min: 3, max: 254 }), { maxLength: 60 });
  const sides = fc.record({ known: numbers, changed: numbers, revoked: numbers });
  fc.assert(
    fc.property(sides, sides, fc.boolean(), (first, second, isLowerFirst) => {
      const [one, two] = [new Side(1), new Side(2)];
      for (const [side, { known, changed, revoked }] of [
        [one, first],
        [two, second],
      ] as const) {
        side.learn(...known);
        for (const number of changed) side.update(number, 2);
        for (const number of revoked) side.revoke(number, 1);
      }
      if (isLowerFirst) talk(one, two);
      else talk(two, one);
      // What a revocation took away here may have come back from there, and the other way round.
      talk(one, two, 2_000);
      t.equal(one.hash, two.hash);
      t.same(talk(two, one, 4_000), ['2:table']);
    }),
    { seed: 3, numRuns: 30 },
  );
});

t.test('a digest and the answers to it fit their frames, however many there are', async (t) => {
  const [one, two] = [new Side(1), new Side(2)];
  for (let number = 3; number <= 254; number++) {
    two.learn(number);
    two.revoke(number, 0);
  }
  const digest = two.receive(1, one.sync.notice(false));
  t.same(
    digest.map(({ type }) => type),
    ['table'],
  );
  const asked = one.receive(2, two.sync.notice(false));
  t.ok(asked.every(({ bytes }) => bytes.length <= MAX_DIGEST_BYTES));
  const answers = asked.flatMap((frame) => two.receive(1, frame));
  t.ok(answers.length > 60);
  t.ok(answers.every(({ bytes }) => bytes.length <= MIN_RECORDS_BYTES));
  one.sync.forget(nodeId(2));
  talk(one, two, 2_000);
  t.equal(one.hash, two.hash);
});

t.test('tables that can’t become the same are compared every ten minutes, not more', async (t) => {
  const [one, two] = [new Side(1), new Side(2)];
  one.learn(5);
  const table = two.sync.notice(false);
  t.equal(one.receive(2, table, 0).length, 1);
  for (const nowMs of [500, 5_000, 599_000]) t.same(one.receive(2, table, nowMs), [], `${nowMs}`);
  t.equal(one.receive(2, table, 600_000).length, 1);
  one.learn(6);
  t.equal(one.receive(2, table, 600_500).length, 1, 'another table is another matter');
  one.sync.forget(nodeId(2));
  t.equal(one.receive(2, table, 600_600).length, 1, 'and so is a new session');
});

t.test('who has another table each time gets few digests', async (t) => {
  const one = new Side(1);
  one.learn(5);
  let digests = 0;
  for (let count = 0; count < 1_000; count++) {
    const bytes = Uint8Array.from([...Buffer.from(String(10_000_000 + count)), 0]);
    digests += one.receive(2, { type: 'table', bytes }, count).length;
  }
  t.equal(digests, 16);
});

t.test('a new session brings neither digests nor items back that were used up', async (t) => {
  const one = new Side(1);
  for (let number = 3; number <= 254; number++) one.learn(number);
  const empty = encodeDigest({ keyChangeSerial: 0, entries: new Map() });
  let digests = 0;
  let bytes = 0;
  for (let session = 0; session < 100; session++) {
    one.sync.forget(nodeId(2));
    const table = Uint8Array.from([...Buffer.from(String(10_000_000 + session)), 0]);
    digests += one.receive(2, { type: 'table', bytes: table }, session).length;
    for (const frame of one.receive(2, { type: 'digest', bytes: empty }, session)) bytes += frame.bytes.length;
  }
  t.equal(digests, 16);
  t.ok(bytes < 1_100 * 400, `${bytes} bytes for 100 sessions`);
});

t.test('who asks again and again gets a thousand items, and then one a second', async (t) => {
  const one = new Side(1);
  for (let number = 3; number <= 254; number++) one.learn(number);
  const nodes = Array.from({ length: 252 }, (_, index) => ({
    id: nodeId(index + 3),
    revokedUpTo: null,
    version: null,
  }));
  const wants = encodeWants({ keyChange: false, nodes }, 60_000);
  const count = (nowMs: number): number =>
    one.receive(2, { type: 'want', bytes: wants[0]! }, nowMs).flatMap(({ bytes }) => decodeRecords(bytes) ?? []).length;
  let items = 0;
  for (let round = 0; round < 100; round++) items += count(0);
  t.equal(items, 1_024);
  t.equal(count(10_000), 10);
  t.equal(count(10_000), 0);
});

t.test('what comes while catching up is passed on as it is only at first', async (t) => {
  const [one, two] = [new Side(1), new Side(2)];
  const passes = (nowMs: number): boolean => one.sync.mayPassOn(nodeId(2), nowMs);
  t.ok(passes(0));
  two.learn(5);
  one.receive(2, two.sync.notice(false), 1_000);
  t.same(
    [1, 2, 3, 4, 5, 6].map(() => passes(1_000)),
    [true, true, true, true, false, false],
  );
  t.notOk(passes(11_000));
  t.ok(passes(11_001), 'it is over');
});

t.test('a WANT in vain, and one in which both sides have something newer', async (t) => {
  const one = new Side(1);
  one.learn(5);
  one.revoke(6, 7);
  const ask = (want: Wanted) =>
    encodeWants({ keyChange: false, nodes: [want] }, 100).flatMap((bytes) => one.receive(2, { type: 'want', bytes }));
  t.same(ask({ id: nodeId(9), revokedUpTo: null, version: null }), []);
  const newer = ask({ id: nodeId(5), revokedUpTo: 3, version: { incarnation: 0, sequence: 9 } });
  t.same(
    newer.map(({ type }) => type),
    ['records', 'want'],
  );
  t.same(ask({ id: nodeId(5), revokedUpTo: null, version: { incarnation: 1, sequence: 2 } })[0]?.type, 'want');
  t.same(ask({ id: nodeId(5), revokedUpTo: null, version: { incarnation: 1, sequence: 1 } })[0]?.type, 'records');
  t.same(ask({ id: nodeId(6), revokedUpTo: 7, version: null }), []);
  t.same(ask({ id: nodeId(6), revokedUpTo: 8, version: null })[0]?.type, 'want');
});

t.test('garbage is answered with nothing', async (t) => {
  const one = new Side(1);
  one.learn(5);
  const before = one.hash;
  fc.assert(
    fc.property(fc.constantFrom('table', 'digest', 'want'), fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
      const answers = one.receive(2, { type, bytes });
      t.ok(answers.length <= 4);
      t.equal(one.hash, before);
    }),
    { seed: 9, numRuns: 500 },
  );
});
