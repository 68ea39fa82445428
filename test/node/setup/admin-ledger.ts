import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  changeLedger,
  loadLedger,
  nextSerial,
  withNumber,
  type LedgerPlace,
} from '../../../node/setup/admin-ledger.ts';
import { nodeId } from '../fixtures/network.ts';

const EMPTY = { version: 1, numbers: {}, revocations: [], keyChange: null };

function placeIn(stateFolder: string, first = 0): LedgerPlace {
  return { stateFolder, adminPublicKey: new Uint8Array(32).fill(first) };
}

function add(place: LedgerPlace, id: number): Promise<number> {
  return changeLedger(place, 0, ({ ledger }) => ({ ledger: withNumber(ledger, nodeId(id), 'n', id), result: id }));
}

t.test('what was changed is read again, from a private file', async (t) => {
  const place = placeIn(join(t.testdir(), 'state'));
  t.same(loadLedger(place, 0), { ledger: EMPTY, warning: null });
  t.equal(await add(place, 7), 7);
  t.same(loadLedger(place, 0).ledger.numbers, { 7: { name: 'n', serial: 7, revoked: false } });
  const [file = ''] = readdirSync(place.stateFolder);
  t.equal(statSync(join(place.stateFolder, file)).mode & 0o777, 0o600);
});

t.test('changes at once all count', async (t) => {
  const place = placeIn(t.testdir());
  await Promise.all([1, 2, 3, 4, 5].map((id) => add(place, id)));
  t.same(Object.keys(loadLedger(place, 0).ledger.numbers), ['1', '2', '3', '4', '5']);
});

t.test("another network's ledger in the same folder is neither used nor touched", async (t) => {
  const folder = t.testdir();
  await add(placeIn(folder, 1), 1);
  await add(placeIn(folder, 2), 2);
  t.same(Object.keys(loadLedger(placeIn(folder, 1), 0).ledger.numbers), ['1']);
  t.same(Object.keys(loadLedger(placeIn(folder, 2), 0).ledger.numbers), ['2']);
});

t.test('a damaged ledger is kept aside, and said', async (t) => {
  const place = placeIn(t.testdir());
  await add(place, 1);
  const path = join(place.stateFolder, readdirSync(place.stateFolder)[0]!);
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -5));
  t.match(loadLedger(place, 5), { ledger: EMPTY, warning: /was damaged; it is kept as .*\.damaged-5/ });
});

t.test('a ledger of another version is left alone', async (t) => {
  const place = placeIn(t.testdir());
  await add(place, 1);
  const path = join(place.stateFolder, readdirSync(place.stateFolder)[0]!);
  writeFileSync(path, '{"version":2}');
  await t.rejects(add(place, 2), { code: 'failed', message: /this version/ });
  t.equal(readFileSync(path, 'utf8'), '{"version":2}');
});

t.test('serials follow the clock, and grow where it does not', (t) => {
  t.equal(nextSerial(undefined, 5_900), 5);
  t.equal(nextSerial(3, 5_000), 5);
  t.equal(nextSerial(5, 5_000), 6);
  t.equal(nextSerial(9, 5_000), 10);
  t.equal(nextSerial(0xffff_fffe, 5_000), 0xffff_ffff);
  t.throws(() => nextSerial(0xffff_ffff, 5_000), { message: /clock right/ });
  t.end();
});
