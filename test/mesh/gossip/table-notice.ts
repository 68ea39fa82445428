import t from 'tap';
import { decodeTableNotice, encodeTableNotice, TABLE_NOTICE_BYTES } from '../../../mesh/gossip/table-notice.ts';
import { TABLE_BYTES } from '../../../mesh/session/frame.ts';
import { fromHex, toHex, wrongLengths } from './fixtures/documents.ts';

const hash = fromHex('0102030405060708');
const table = [
  ['010203040506070800', { hash, wantsChanges: false, isAnswer: false }],
  ['010203040506070801', { hash, wantsChanges: true, isAnswer: false }],
  ['010203040506070802', { hash, wantsChanges: false, isAnswer: true }],
  ['010203040506070803', { hash, wantsChanges: true, isAnswer: true }],
] as const;

t.test('golden ones, in both directions', async (t) => {
  for (const [hex, notice] of table) {
    t.equal(toHex(encodeTableNotice(notice)), hex);
    t.same(decodeTableNotice(fromHex(hex)), notice);
  }
  t.equal(TABLE_NOTICE_BYTES, TABLE_BYTES, 'what the session takes');
});

t.test('other lengths and flags are refused', async (t) => {
  for (const bytes of wrongLengths(fromHex(table[0][0]))) t.equal(decodeTableNotice(bytes), null);
  for (const flags of ['04', '80', 'ff']) t.equal(decodeTableNotice(fromHex(`0102030405060708${flags}`)), null);
});
