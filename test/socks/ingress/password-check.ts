import t from 'tap';
import { PasswordCheck } from '../../../socks/ingress/password-check.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

t.test('only the very same password', async (t) => {
  for (const password of ['x', 'correct horse', 'grün', 'a'.repeat(255)]) {
    const check = new PasswordCheck(password);
    t.ok(check.matches(bytes(password)), password);
    t.notOk(check.matches(bytes('')), 'empty');
    t.notOk(check.matches(bytes(`${password}\0`)), 'padded with a zero');
    t.notOk(check.matches(bytes(password).slice(1)), 'too short');
    for (let i = 0; i < bytes(password).length; i++) {
      const wrong = bytes(password);
      wrong[i]! ^= 1;
      t.notOk(check.matches(wrong), `byte ${i}`);
    }
  }
  t.notMatch(JSON.stringify(new PasswordCheck('secret')), /secret|115/);
});
