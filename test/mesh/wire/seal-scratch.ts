import t from 'tap';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { SealScratch } from '../../../mesh/wire/seal-scratch.ts';
import { vectors } from '../../fixtures/wire/golden-vectors.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

t.test('nonce and associated data from H, byte by byte', async (t) => {
  const scratch = new SealScratch();
  scratch.header.set(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
  scratch.makeNonceAndAad();
  t.equal(toHex(scratch.nonce), '0203040506' + '090a0b0c0d' + '101112131415161718191a' + '000000');
  t.equal(
    toHex(scratch.aad),
    '010203040506' + '0000' + '090a0b0c0d' + '0000' + '101112131415161718191a1b1c1d1e1f20',
    'hop index, waste and the ticks of relays are zero',
  );
});

t.test('watermark and mask of the golden vector', async (t) => {
  const message = vectors['level 2, hop 0: message'];
  for (const sodium of sodiums) {
    const network = new NetworkKeys(sodium, fromHex(vectors['network key']));
    const scratch = new SealScratch();
    scratch.header.set(fromHex(vectors['level 2, hop 0: H']));
    scratch.takeTag(fromHex('ffff' + message), 2);
    t.equal(toHex(scratch.headerAndTag), vectors['level 2, hop 0: H'] + message.slice(96, 128));
    scratch.makeWatermark(sodium, network);
    t.equal(toHex(scratch.watermark), message.slice(0, 32));
    scratch.makeMask(sodium, network, scratch.watermark);
    const masked = scratch.header.map((byte, i) => byte ^ scratch.mask[i]!);
    t.equal(toHex(masked), message.slice(32, 96));
    scratch.makeBlindNonce(fromHex('ffff' + message), 2);
    t.equal(toHex(scratch.blindNonce), message.slice(0, 32) + '00'.repeat(8));
  }
});
