import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { updateDatabase, type UpdateOptions } from '../../../node/geoip/update-database.ts';
import { serveHttp } from '../fixtures/geoip-exit.ts';
import { writeMmdb } from '../../fixtures/mmdb-writer.ts';

const WALL = Date.UTC(2026, 0, 2);
const database = writeMmdb([['8.8.8.0/24', { country: { iso_code: 'US' } }]]);
const zipped = gzipSync(database);

function update(folder: string, source: string, more: Partial<UpdateOptions> = {}) {
  return updateDatabase({
    source,
    databasePath: join(folder, 'geoip.mmdb'),
    wallMs: WALL,
    suffix: 'test',
    signal: new AbortController().signal,
    onProgress: () => {},
    ...more,
  });
}

t.test('fetched, checked and in place; last month where this one is not there yet', async (t) => {
  const asked: string[] = [];
  const origin = await serveHttp(t, (request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved-2025-12.gz') response.writeHead(302, { location: '/there.gz' }).end();
    else if (request.url === '/there.gz') response.end(zipped);
    else response.writeHead(404).end('no');
  });
  const folder = t.testdir({ '.geoip.mmdb.old.new': 'x', '.geoip.mmdb.young.new': 'x' });
  utimesSync(join(folder, '.geoip.mmdb.old.new'), 0, WALL / 1_000 - 3_700);
  utimesSync(join(folder, '.geoip.mmdb.young.new'), 0, WALL / 1_000 - 3_500);
  const progress: unknown[] = [];
  const onProgress = (received: number, total: number | null): void => void progress.push([received, total]);
  const outcome = await update(folder, `${origin}/moved-{month}.gz`, { onProgress });
  t.match(outcome, { type: 'updated', kind: 'Test-City', bytes: database.length, url: `${origin}/moved-2025-12.gz` });
  t.same(asked, ['/moved-2026-01.gz', '/moved-2025-12.gz', '/there.gz']);
  t.same(readFileSync(join(folder, 'geoip.mmdb')), database);
  t.equal(statSync(join(folder, 'geoip.mmdb')).mode & 0o777, 0o600);
  t.same(readdirSync(folder).toSorted(), ['.geoip.mmdb.young.new', 'geoip.mmdb']);
  t.equal(progress.length > 0, true);
});

t.test('not compressed, into a folder that does not exist yet', async (t) => {
  const origin = await serveHttp(t, (_request, response) => response.end(database));
  const folder = join(t.testdir(), 'new');
  t.match(await update(folder, `${origin}/a.mmdb`), { type: 'updated' });
  t.ok(existsSync(join(folder, 'geoip.mmdb')));
});

t.test('what goes wrong leaves the old one in place, and nothing else', async (t) => {
  const unknown = writeMmdb([['9.9.9.0/24', { country: { iso_code: 'US' } }]]);
  const bodies: Readonly<Record<string, Buffer>> = {
    '/truncated.gz': zipped.subarray(0, -9),
    '/page.mmdb': Buffer.from('<html>'),
    '/page.gz': Buffer.from('<html>'),
    '/unknown.mmdb': unknown,
    '/damaged.gz': Buffer.concat([zipped.subarray(0, 12), Buffer.alloc(200, 0xff)]),
    '/empty': Buffer.alloc(0),
    '/one-byte': Buffer.from([0x1f]),
    '/tar.mmdb.gz': gzipSync(Buffer.from('GeoLite2-City/'.padEnd(10_240, '\0'))),
    '/asn.mmdb': writeMmdb([['8.8.8.0/24', { autonomous_system_number: 15_169 }]]),
    '/bomb.gz': gzipSync(Buffer.alloc(5_000_000)),
  };
  const origin = await serveHttp(t, (request, response) => {
    const body = bodies[request.url ?? ''];
    if (request.url === '/slow.gz') response.write(zipped.subarray(0, 10));
    else if (request.url === '/nowhere') response.writeHead(302).end();
    else if (request.url === '/bit-by-bit') {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    } else if (request.url === '/broken') response.writeHead(500).end();
    else if (request.url === '/cut.mmdb') {
      response.writeHead(200, { 'content-length': database.length });
      response.write(database.subarray(0, 20), () => response.destroy());
    } else if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
  const folder = t.testdir();
  writeFileSync(join(folder, 'geoip.mmdb'), 'old');
  const table: Readonly<Record<string, RegExp>> = {
    '/absent-{month}': /no such file: .*absent-2026-01, .*absent-2025-12/,
    '/broken': /said 500/,
    '/truncated.gz': /the file is cut off/,
    '/damaged.gz': /the file is damaged/,
    '/empty': /no MaxMind database/,
    '/one-byte': /no MaxMind database/,
    '/tar.mmdb.gz': /no MaxMind database/,
    '/asn.mmdb': /does not know where/,
    '/nowhere': /sends on to nowhere/,
    '/page.mmdb': /no MaxMind database/,
    '/page.gz': /no MaxMind database/,
    '/unknown.mmdb': /does not know where 8\.8\.8\.8 is/,
    '/bomb.gz': /larger than 1000000 bytes/,
    '/slow.gz': /nothing came/,
    '/cut.mmdb': /the connection was cut/,
    '/bit-by-bit': /longer than 0\.01 minutes/,
  };
  for (const [path, reason] of Object.entries(table)) {
    const outcome = await update(folder, `${origin}${path}`, {
      maxBytes: 1_000_000,
      stallMs: path === '/slow.gz' ? 200 : 30_000,
      maxMs: path === '/bit-by-bit' ? 600 : 60_000,
    });
    t.match(outcome, { type: 'failed', reason }, path);
    t.same(readdirSync(folder), ['geoip.mmdb'], path);
  }
  t.match(await update(folder, 'http://127.0.0.1:1/x'), { type: 'failed' });
  t.equal(readFileSync(join(folder, 'geoip.mmdb'), 'utf8'), 'old');
});

t.test('interrupted', async (t) => {
  const stop = new AbortController();
  const origin = await serveHttp(t, (_request, response) => {
    response.write(zipped.subarray(0, 10));
  });
  const folder = t.testdir();
  const outcome = await update(folder, `${origin}/x.gz`, { signal: stop.signal, onProgress: () => stop.abort() });
  t.match(outcome, { type: 'failed', reason: /interrupted/ });
  t.same(readdirSync(folder), []);
});
