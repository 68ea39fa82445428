import t from 'tap';
import { detectIngress } from '../../../socks/ingress/detect-ingress.ts';

t.test('only SOCKS5 is spoken so far', async (t) => {
  for (let byte = 0; byte < 256; byte++) {
    t.equal(detectIngress(byte, null)?.name ?? null, byte === 5 ? 'socks5' : null, `0x${byte.toString(16)}`);
  }
});
