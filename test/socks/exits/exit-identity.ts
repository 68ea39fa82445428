import t from 'tap';
import { exitIdentity, parseExitIdentity } from '../../../socks/exits/exit-identity.ts';

t.test('an identity is the key, and reads back', async (t) => {
  const keys = [new Uint8Array(32), new Uint8Array(32).fill(255), Uint8Array.from({ length: 32 }, (_, i) => i)];
  const identities = keys.map(exitIdentity);
  t.equal(new Set(identities).size, 3);
  t.equal(identities[0], 'A'.repeat(43));
  for (const identity of identities) t.equal(parseExitIdentity(identity), identity);
});

t.test('anything else is none', async (t) => {
  const good = exitIdentity(new Uint8Array(32));
  for (let length = 0; length < good.length; length++) t.equal(parseExitIdentity(good.slice(0, length)), null);
  for (const bad of [
    null,
    undefined,
    3,
    {},
    [],
    `${good}A`,
    `${'A'.repeat(42)}B`,
    `${'A'.repeat(42)}=`,
    'A'.repeat(1e6),
  ])
    t.equal(parseExitIdentity(bad), null);
});
