import t from 'tap';
import { parseCountryCode } from '../../config/country-code.ts';
import { countryCentroid } from '../../geoip/country-centroids.ts';
import { distanceKm } from '../../geoip/position.ts';

t.test('every country has a sound one, and nothing else has', async (t) => {
  let count = 0;
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  for (const code of letters.flatMap((a) => letters.map((b) => a + b))) {
    const centroid = countryCentroid(code);
    t.equal(centroid !== null, typeof parseCountryCode(code) === 'string', code, { diagnostic: false });
    if (centroid === null) continue;
    count++;
    t.ok(Math.abs(centroid.latitude) <= 90 && Math.abs(centroid.longitude) <= 180, code);
  }
  t.equal(count, 250);
  for (const bad of ['', 'de', 'UK', 'DEU', '__proto__']) t.equal(countryCentroid(bad), null);
});

t.test('close to the capitals of small countries', async (t) => {
  const capitals: readonly (readonly [string, number, number])[] = [
    ['NL', 52.37, 4.9],
    ['SG', 1.35, 103.82],
    ['IS', 64.15, -21.94],
    ['CH', 46.95, 7.45],
    ['IE', 53.35, -6.26],
    ['TW', 25.03, 121.56],
    ['IL', 31.77, 35.2],
    ['UY', -34.9, -56.2],
    ['FJ', -18.1, 178.4],
    ['QA', 25.3, 51.5],
  ];
  for (const [code, latitude, longitude] of capitals)
    t.ok(distanceKm(countryCentroid(code)!, { latitude, longitude }) < 150, code);
});
