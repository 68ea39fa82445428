import t from 'tap';
import { PIN_REASONS } from '../../../socks/exits/pin.ts';

t.test('reasons are told apart', async (t) => {
  t.equal(new Set(PIN_REASONS).size, PIN_REASONS.length);
});
