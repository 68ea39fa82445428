import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { GeoService } from '../../../node/geoip/geo-service.ts';
import { writeMmdb } from '../../fixtures/mmdb-writer.ts';

const of = (country: string): Buffer => writeMmdb([['192.0.2.0/24', { country: { iso_code: country }, pad: country }]]);

t.test('loaded when asked, and again when the file changed', async (t) => {
  const databasePath = join(t.testdir(), 'geoip.mmdb');
  const problems: string[] = [];
  let nowMs = 0;
  const geo = new GeoService({ databasePath, nowMs: () => nowMs, onProblem: (message) => problems.push(message) });
  t.equal(geo.locate('192.0.2.1'), null, 'no database, no problem');
  writeFileSync(databasePath, of('DE'));
  t.equal(geo.locate('192.0.2.1'), null, 'not looked at again yet');
  nowMs = 10_000;
  t.match(geo.locate('192.0.2.1'), { country: 'DE' });
  t.equal(geo.locate('192.0.3.1'), null);
  writeFileSync(databasePath, 'no database');
  nowMs = 20_000;
  t.match(geo.locate('192.0.2.1'), { country: 'DE' }, 'the one before stays');
  nowMs = 30_000;
  geo.locate('192.0.2.1');
  t.equal(problems.length, 1, 'told once');
  t.match(problems[0], /no MaxMind database.*uservpn geoip update/s);
  rmSync(databasePath);
  writeFileSync(databasePath, of('FR'));
  nowMs = 40_000;
  t.match(geo.locate('192.0.2.1'), { country: 'FR' });
  rmSync(databasePath);
  nowMs = 50_000;
  t.equal(geo.locate('192.0.2.1'), null);
  t.equal(problems.length, 1);
});

t.test('what can not be read is told of once', async (t) => {
  const problems: string[] = [];
  let nowMs = 0;
  const databasePath = join(t.testdir({ file: '' }), 'file', 'geoip.mmdb');
  const geo = new GeoService({ databasePath, nowMs: () => nowMs, onProblem: (message) => problems.push(message) });
  for (nowMs = 0; nowMs < 50_000; nowMs += 10_000) t.equal(geo.locate('192.0.2.1'), null);
  t.match(problems, [/not a folder/]);
});

t.test('a device or a folder is not read: that could take for ever', async (t) => {
  for (const databasePath of ['/dev/zero', t.testdir()]) {
    const problems: string[] = [];
    let nowMs = 0;
    const geo = new GeoService({ databasePath, nowMs: () => nowMs, onProblem: (message) => problems.push(message) });
    for (nowMs = 0; nowMs < 50_000; nowMs += 10_000) t.equal(geo.locate('192.0.2.1'), null);
    t.match(problems, [/ is no file\.$|no such file/]);
  }
});
