import t from 'tap';
import { ReliableRate } from '../../../mesh/session/reliable-rate.ts';

t.test(
  'packets are short until the link has shown what it delivers, and a quarter of a second long then',
  async (t) => {
    const rate = new ReliableRate();
    t.equal(rate.bytesPerMs, 0);
    t.equal(rate.packetBytes, 8_192);
    rate.update(10, 0);
    t.equal(rate.packetBytes, 8_192, 'never shorter');
    rate.update(100.5, 1_000);
    t.equal(rate.bytesPerMs, 100.5);
    t.equal(rate.packetBytes, 25_125);
  },
);

t.test('the best of the last ten seconds counts', async (t) => {
  const rate = new ReliableRate();
  rate.update(200, 0);
  rate.update(50, 9_999);
  t.equal(rate.bytesPerMs, 200);
  rate.update(60, 10_000);
  t.equal(rate.bytesPerMs, 60);
});
