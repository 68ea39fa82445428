import t from 'tap';
import type { Certificate } from '../../../mesh/gossip/certificate.ts';
import {
  decodeCertificate,
  encodeCertificate,
  signCertificate,
  verifyCertificate,
} from '../../../mesh/gossip/certificate.ts';
import { admin, fromHex, keyPair, nodeId, oneBitFlips, sodium, toHex, wrongLengths } from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const fields = {
  id: nodeId(7),
  roles: { exit: true, relay: true },
  serial: 0x01020304,
  expiresAtS: 0x65432100,
  oneTimePublicKey: keyPair(0xb0).publicKey,
};

t.test('the golden certificate is made and read', async (t) => {
  const certificate = signCertificate(sodium, admin.secretKey, fields);
  t.equal(toHex(encodeCertificate(certificate)), golden.certificate);
  const decoded = decodeCertificate(fromHex(golden.certificate));
  t.same(decoded, certificate);
  t.ok(decoded !== null && verifyCertificate(sodium, admin.publicKey, decoded));
});

t.test('roles, numbers and limits survive the way there and back', async (t) => {
  const tables: Certificate[] = [];
  for (const exit of [false, true])
    for (const relay of [false, true])
      for (const [id, serial, expiresAtS] of [[1, 0, 0] as const, [254, 0xffff_ffff, 0xffff_ffff] as const])
        tables.push(
          signCertificate(sodium, admin.secretKey, {
            ...fields,
            id: nodeId(id),
            roles: { exit, relay },
            serial,
            expiresAtS,
          }),
        );
  for (const certificate of tables) t.same(decodeCertificate(encodeCertificate(certificate)), certificate);
});

t.test('every other length is refused', async (t) => {
  for (const bytes of wrongLengths(fromHex(golden.certificate))) t.equal(decodeCertificate(bytes), null);
});

t.test('every flipped bit is refused', async (t) => {
  for (const bytes of oneBitFlips(fromHex(golden.certificate))) {
    const certificate = decodeCertificate(bytes);
    t.notOk(certificate !== null && verifyCertificate(sodium, admin.publicKey, certificate));
  }
});

t.test('malformed ones are refused', async (t) => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['version 0', 0, 0],
    ['version 2', 0, 2],
    ['number 0', 1, 0],
    ['number 255', 1, 255],
    ['an unknown role', 2, 4],
    ['all roles', 2, 255],
  ];
  for (const [name, offset, value] of cases) {
    const bytes = fromHex(golden.certificate);
    bytes[offset] = value;
    t.equal(decodeCertificate(bytes), null, name);
  }
});

t.test("another admin's signature does not verify", async (t) => {
  const certificate = signCertificate(sodium, keyPair(0xa1).secretKey, fields);
  t.notOk(verifyCertificate(sodium, admin.publicKey, certificate));
  t.ok(verifyCertificate(sodium, keyPair(0xa1).publicKey, certificate));
});

t.test('what was decoded does not change with the buffer it came in', async (t) => {
  // Sockets give Buffers, whose slice() does not copy.
  for (const bytes of [fromHex(golden.certificate), Buffer.from(golden.certificate, 'hex')]) {
    const certificate = decodeCertificate(bytes);
    bytes.fill(0);
    t.ok(certificate !== null && verifyCertificate(sodium, admin.publicKey, certificate));
  }
});
