import t from 'tap';
import { signCertificate } from '../../../mesh/gossip/certificate.ts';
import type { Credential } from '../../../mesh/gossip/credential.ts';
import {
  decodeCredential,
  decodeWitness,
  encodeCredential,
  encodeWitness,
  issueCredential,
  MAX_CREDENTIAL_BYTES,
  signWitness,
  useCertificate,
  verifyBinding,
  verifyCredential,
  verifyWitness,
} from '../../../mesh/gossip/credential.ts';
import { admin, fromHex, keyPair, nodeId, oneBitFlips, sodium, toHex, wrongLengths } from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const fields = { id: nodeId(7), roles: { exit: true, relay: true }, serial: 0x01020304, expiresAtS: 0x65432100 };
const identity = keyPair(7).publicKey;
const issued = issueCredential(sodium, admin.secretKey, new Uint8Array(32).fill(0xb0), { ...fields, identity });
const witness = keyPair(42);
const complete: Credential = {
  ...issued,
  witness: signWitness(sodium, witness.secretKey, nodeId(42), issued, 0x65432000),
};

t.test('the golden credentials are made and read', async (t) => {
  t.equal(toHex(encodeCredential(issued)), golden.unwitnessed);
  t.equal(toHex(encodeCredential(complete)), golden.credential);
  t.equal(golden.credential, `${golden.certificate}${golden.binding}01${golden.witness}`);
  t.same(decodeCredential(fromHex(golden.unwitnessed)), issued);
  t.same(decodeCredential(fromHex(golden.credential)), complete);
  t.equal(encodeCredential(complete).length, MAX_CREDENTIAL_BYTES);
  t.ok(verifyCredential(sodium, admin.publicKey, complete));
});

t.test('the golden witness is made and read', async (t) => {
  const decoded = decodeWitness(fromHex(golden.witness));
  t.same(decoded, complete.witness);
  t.ok(decoded !== null && toHex(encodeWitness(decoded)) === golden.witness);
  t.ok(decoded !== null && verifyWitness(sodium, issued, decoded, witness.publicKey));
});

t.test('joining with an invite gives what issuing gives', async (t) => {
  const oneTime = keyPair(0xb0);
  const certificate = signCertificate(sodium, admin.secretKey, { ...fields, oneTimePublicKey: oneTime.publicKey });
  t.same(useCertificate(sodium, certificate, oneTime.secretKey, identity), issued);
});

t.test('every other length is refused', async (t) => {
  for (const hex of [golden.credential, golden.unwitnessed])
    for (const bytes of wrongLengths(fromHex(hex))) t.equal(decodeCredential(bytes), null);
  for (const bytes of wrongLengths(fromHex(golden.witness))) t.equal(decodeWitness(bytes), null);
});

t.test('every flipped bit is refused', async (t) => {
  for (const bytes of oneBitFlips(fromHex(golden.credential))) {
    const credential = decodeCredential(bytes);
    t.notOk(
      credential !== null &&
        credential.witness !== null &&
        verifyCredential(sodium, admin.publicKey, credential) &&
        verifyWitness(sodium, credential, credential.witness, witness.publicKey),
    );
  }
});

t.test('a witness flag of 2, a witness numbered 0 or 255 are refused', async (t) => {
  for (const [offset, value] of [
    [203, 2],
    [204, 0],
    [204, 255],
  ] as const) {
    const bytes = fromHex(golden.credential);
    bytes[offset] = value;
    t.equal(decodeCredential(bytes), null);
  }
});

t.test('a binding holds for one certificate and one identity only', async (t) => {
  const otherCertificate = issueCredential(sodium, admin.secretKey, new Uint8Array(32).fill(0xb0), {
    ...fields,
    serial: 1,
    identity,
  }).certificate;
  t.ok(verifyBinding(sodium, issued.certificate, issued.binding));
  t.notOk(verifyBinding(sodium, otherCertificate, issued.binding), 'another certificate of the same one-time key');
  const stolen = { ...issued.binding, identity: keyPair(8).publicKey };
  t.notOk(verifyBinding(sodium, issued.certificate, stolen), 'another identity');
});

t.test('a witness holds for one credential, one number and one time only', async (t) => {
  const { witness: seen } = complete;
  if (seen === null) throw new Error('the credential has a witness');
  const other = issueCredential(sodium, admin.secretKey, new Uint8Array(32).fill(0xb1), { ...fields, identity });
  t.notOk(verifyWitness(sodium, other, seen, witness.publicKey), 'another credential');
  t.notOk(verifyWitness(sodium, issued, { ...seen, id: nodeId(43) }, witness.publicKey), 'another number');
  t.notOk(verifyWitness(sodium, issued, { ...seen, seenAtS: seen.seenAtS - 1 }, witness.publicKey), 'another time');
  t.notOk(verifyWitness(sodium, issued, seen, keyPair(43).publicKey), 'another witness');
});
