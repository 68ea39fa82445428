import t from 'tap';
import { decodeKeyChange, encodeKeyChange, signKeyChange, verifyKeyChange } from '../../../mesh/gossip/key-change.ts';
import { admin, fromHex, keyPair, oneBitFlips, sodium, toHex, wrongLengths } from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const fields = {
  serial: 5,
  networkKey: Uint8Array.from({ length: 32 }, (_, index) => index),
  oldKeyEndsAtS: 0x65500000,
};

t.test('the golden key change is made and read', async (t) => {
  const change = signKeyChange(sodium, admin.secretKey, fields);
  t.equal(toHex(encodeKeyChange(change)), golden.keyChange);
  t.same(decodeKeyChange(fromHex(golden.keyChange)), change);
  t.ok(verifyKeyChange(sodium, admin.publicKey, change));
});

t.test('every other length and every flipped bit are refused', async (t) => {
  for (const bytes of wrongLengths(fromHex(golden.keyChange))) t.equal(decodeKeyChange(bytes), null);
  for (const bytes of oneBitFlips(fromHex(golden.keyChange))) {
    const change = decodeKeyChange(bytes);
    t.notOk(change !== null && verifyKeyChange(sodium, admin.publicKey, change));
  }
});

t.test('serial 0 means none and is no key change', async (t) => {
  t.equal(decodeKeyChange(encodeKeyChange(signKeyChange(sodium, admin.secretKey, { ...fields, serial: 0 }))), null);
});

t.test('a member can change no key', async (t) => {
  t.notOk(verifyKeyChange(sodium, admin.publicKey, signKeyChange(sodium, keyPair(7).secretKey, fields)));
});
