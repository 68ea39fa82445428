import t from 'tap';
import { Membership } from '../../../mesh/gossip/membership.ts';
import { NodeTable } from '../../../mesh/gossip/node-table.ts';
import { signRevocation } from '../../../mesh/gossip/revocation.ts';
import { TableSummary } from '../../../mesh/gossip/table-summary.ts';
import { admin, credentialOf, nodeId, recordOf, sodium, toHex } from './fixtures/documents.ts';

const NOW_S = 1_000_000;

function tableOf() {
  const membership = new Membership(sodium, admin.publicKey);
  const table = new NodeTable(sodium, membership, nodeId(1));
  const summary = new TableSummary(sodium, table, membership);
  const add = (number: number, sequence = 1): unknown =>
    table.add(recordOf(number, { incarnation: 1, sequence }), 0, NOW_S);
  const revoke = (number: number, upToSerial: number): unknown => {
    membership.revoke(signRevocation(sodium, admin.secretKey, { id: nodeId(number), upToSerial }));
    return table.dropUnheld(nodeId(number));
  };
  return { table, summary, add, revoke };
}

/** BLAKE2b-128 by the layout of PROTOCOL section 5, of libsodium's own making but none of the code under test. */
function hash(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(16);
  sodium.hash(out, Buffer.concat(parts), null);
  return out;
}

t.test('entries and the hash of all are made as PROTOCOL says', async (t) => {
  const { table, summary, add, revoke } = tableOf();
  add(9);
  add(7);
  revoke(200, 5);
  revoke(9, 0);
  const content = table.contentHash(nodeId(7))!;
  const seven = hash(Uint8Array.of(0), content);
  const nine = hash(Uint8Array.of(1, 0, 0, 0, 0), table.contentHash(nodeId(9))!);
  const last = hash(Uint8Array.of(1, 0, 0, 0, 5));
  const entry = (bytes: Uint8Array): number => Buffer.from(bytes).readUInt32BE(0);
  const { hash: all, digest } = summary.get(3);
  t.same(digest, {
    keyChangeSerial: 3,
    entries: new Map([
      [nodeId(7), entry(seven)],
      [nodeId(9), entry(nine)],
      [nodeId(200), entry(last)],
    ]),
  });
  const whole = hash(Uint8Array.of(0, 0, 0, 3, 7), seven, Uint8Array.of(9), nine, Uint8Array.of(200), last);
  t.equal(toHex(all), toHex(whole.subarray(0, 8)));
});

t.test('the order in which things came does not matter, nor what only brings a newer version', async (t) => {
  const [one, other] = [tableOf(), tableOf()];
  for (const number of [3, 4, 5]) one.add(number);
  for (const number of [5, 3, 4]) other.add(number, 7);
  t.same(one.summary.get(0), other.summary.get(0));
});

t.test('whatever changes changes the hash', async (t) => {
  const { table, summary, add, revoke } = tableOf();
  const hashes = new Set<string>();
  const look = (serial = 0): number => hashes.add(toHex(summary.get(serial).hash)).size;
  t.equal(look(), 1);
  add(3);
  t.equal(look(), 2);
  add(3, 2);
  t.equal(look(), 2, 'a newer version of the same');
  t.equal(look(1), 3, 'the key');
  revoke(9, 0);
  t.equal(look(1), 4);
  revoke(9, 1);
  t.equal(look(1), 5);
  revoke(3, 1);
  t.equal(table.get(nodeId(3)), null);
  t.equal(look(1), 6);
  table.setOwn(recordOf(1, { incarnation: 1, sequence: 1 }, credentialOf(1)));
  t.equal(look(1), 7);
});
