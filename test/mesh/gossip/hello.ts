import t from 'tap';
import { decodeCredential } from '../../../mesh/gossip/credential.ts';
import { decodeHello, MAX_HELLO_BYTES, signHello, verifyHello } from '../../../mesh/gossip/hello.ts';
import {
  credentialOf,
  fromHex,
  keyPair,
  nodeId,
  oneBitFlips,
  sodium,
  toHex,
  wrongLengths,
} from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const credential = decodeCredential(fromHex(golden.credential)) ?? credentialOf(7);
const fields = {
  credential,
  ephemeralPublicKey: fromHex('f13fef3efa9598a2a23fc756bf688fe8bbd7f6cf9528bbaef3b4442688f0ab31'),
  incarnation: 0x65000001,
  counter: 12,
  session: 0x65000002,
  peerKeyId: 0xa7dd,
};
const [from, to] = [nodeId(7), nodeId(42)];

t.test('the golden HELLO is made and read', async (t) => {
  const hello = signHello(sodium, keyPair(7).secretKey, to, fields);
  t.equal(toHex(hello.bytes), golden.hello);
  t.same(decodeHello(fromHex(golden.hello)), hello);
  t.ok(verifyHello(sodium, hello, from, to));
});

t.test('a HELLO with a CHALLENGE beside it fits the smallest message', async (t) => {
  t.ok(64 + 1 + 2 + MAX_HELLO_BYTES + 9 <= 548);
  t.ok(fromHex(golden.hello).length === MAX_HELLO_BYTES);
});

t.test('every other length and every flipped bit are refused', async (t) => {
  for (const bytes of wrongLengths(fromHex(golden.hello))) t.equal(decodeHello(bytes), null);
  for (const bytes of oneBitFlips(fromHex(golden.hello))) {
    const hello = decodeHello(bytes);
    t.notOk(hello !== null && verifyHello(sodium, hello, from, to));
  }
});

t.test('a HELLO redirected to somebody else, or sent in another name, does not verify', async (t) => {
  const hello = signHello(sodium, keyPair(7).secretKey, to, fields);
  t.notOk(verifyHello(sodium, hello, from, nodeId(43)));
  t.notOk(verifyHello(sodium, hello, from, 0));
  t.notOk(verifyHello(sodium, hello, nodeId(8), to));
});

t.test('a member can not sign for a number its credential does not name', async (t) => {
  const hello = signHello(sodium, keyPair(8).secretKey, to, { ...fields, credential: credentialOf(8) });
  t.ok(verifyHello(sodium, hello, nodeId(8), to));
  t.notOk(verifyHello(sodium, hello, from, to));
});

t.test('to whoever it is, without a witness, with the highest numbers', async (t) => {
  const wanted = {
    ...fields,
    credential: credentialOf(7),
    incarnation: 0xffff_ffff,
    counter: 0xffff_ffff,
    session: 0xffff_ffff,
    peerKeyId: 0xffff,
  };
  const hello = signHello(sodium, keyPair(7).secretKey, 0, wanted);
  t.same(decodeHello(hello.bytes), hello);
  t.ok(verifyHello(sodium, hello, from, 0));
});

t.test('counter 0 and a credential of another length are refused', async (t) => {
  t.equal(decodeHello(signHello(sodium, keyPair(7).secretKey, to, { ...fields, counter: 0 }).bytes), null);
  for (const length of [0, 1, 272, 274, 0x3fff]) {
    const bytes = fromHex(golden.hello);
    bytes.set([0x40 | (length >> 8), length & 0xff], 0);
    t.equal(decodeHello(bytes), null, `${length}`);
  }
});

t.test('what was decoded does not change with the buffer it came in', async (t) => {
  for (const bytes of [fromHex(golden.hello), Buffer.from(golden.hello, 'hex')]) {
    const hello = decodeHello(bytes);
    bytes.fill(0);
    t.same(hello, decodeHello(fromHex(golden.hello)));
  }
});
