import t from 'tap';
import { distanceKm, readPosition } from '../../geoip/position.ts';

t.test('distances', async (t) => {
  const berlin = { latitude: 52.52, longitude: 13.405 };
  const sydney = { latitude: -33.87, longitude: 151.21 };
  t.equal(distanceKm(berlin, berlin), 0);
  t.ok(Math.abs(distanceKm(berlin, sydney) - 16_090) < 100);
  t.equal(distanceKm(berlin, sydney), distanceKm(sydney, berlin));
  t.ok(Math.abs(distanceKm({ latitude: 0, longitude: -179 }, { latitude: 0, longitude: 179 }) - 222.4) < 1);
  t.ok(Math.abs(distanceKm({ latitude: 12, longitude: 30 }, { latitude: -12, longitude: -150 }) - 20_015) < 1);
});

t.test('values of databases', async (t) => {
  const here = { latitude: 52.5, longitude: -13 };
  t.same(readPosition(52.5, -13), here);
  t.same(readPosition('52.5', '-13'), here);
  t.same(readPosition('+52.50', -13), here);
  t.same(readPosition(0, 5), { latitude: 0, longitude: 5 });
  for (const [latitude, longitude] of [
    [0, 0],
    ['0', '0.0'],
    [90.1, 0],
    [0, 180.1],
    [NaN, 5],
    [Infinity, 5],
    ['', 5],
    ['5 ', 5],
    ['0x5', 5],
    ['1e1', 5],
    [null, 5],
    [5, undefined],
    [[5], 5],
    [5n, 5],
  ])
    t.equal(readPosition(latitude, longitude), null);
});
