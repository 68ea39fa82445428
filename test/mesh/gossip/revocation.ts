import t from 'tap';
import {
  decodeRevocation,
  encodeRevocation,
  signRevocation,
  verifyRevocation,
} from '../../../mesh/gossip/revocation.ts';
import { admin, fromHex, keyPair, nodeId, oneBitFlips, sodium, toHex, wrongLengths } from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const fields = { id: nodeId(7), upToSerial: 0x01020304 };

t.test('the golden revocation is made and read', async (t) => {
  const revocation = signRevocation(sodium, admin.secretKey, fields);
  t.equal(toHex(encodeRevocation(revocation)), golden.revocation);
  t.same(decodeRevocation(fromHex(golden.revocation)), revocation);
  t.ok(verifyRevocation(sodium, admin.publicKey, revocation));
});

t.test('every other length and every flipped bit are refused', async (t) => {
  for (const bytes of wrongLengths(fromHex(golden.revocation))) t.equal(decodeRevocation(bytes), null);
  for (const bytes of oneBitFlips(fromHex(golden.revocation))) {
    const revocation = decodeRevocation(bytes);
    t.notOk(revocation !== null && verifyRevocation(sodium, admin.publicKey, revocation));
  }
});

t.test('a member can revoke nobody', async (t) => {
  const revocation = signRevocation(sodium, keyPair(7).secretKey, fields);
  t.notOk(verifyRevocation(sodium, admin.publicKey, revocation));
});
