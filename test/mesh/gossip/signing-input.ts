import t from 'tap';
import { signingInput } from '../../../mesh/gossip/signing-input.ts';

t.test('label and parts stand back to back, without a terminator', async (t) => {
  const input = signingInput('uservpn 1 hello', Uint8Array.of(7, 42), Uint8Array.of(), Uint8Array.of(0, 255));
  t.equal(Buffer.from(input).toString('latin1'), 'uservpn 1 hello\x07\x2a\x00\xff');
});
