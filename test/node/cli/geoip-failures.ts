import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { closedPort } from '../../socks/fixtures/sockets.ts';
import { databaseOf, geoIpExit, serveHttp } from '../fixtures/geoip-exit.ts';
import { runCli } from '../fixtures/run-cli.ts';

// What `uservpn geoip update` says and leaves behind where it can't: a process of its own, against a web server of the test's.
t.setTimeout(60_000);

const NEXT = /uservpn geoip update --source ADDRESS/;

t.test('every failure: status 1, one line with what to do, the old database in place, nothing else', async (t) => {
  const good = databaseOf('US');
  const zipped = gzipSync(good);
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/endless-error': (response) => response.writeHead(500).write('it goes on and on'),
    '/truncated.gz': (response) => response.end(zipped.subarray(0, -9)),
    '/cut': (response) => {
      response.writeHead(200, { 'content-length': good.length });
      response.write(good.subarray(0, 20), () => response.destroy());
    },
    '/page.mmdb': (response) => response.end('<html>sign in first</html>'),
    '/huge': (response) => response.writeHead(200, { 'content-length': 600 * 1024 * 1024 }).write('x'),
    '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
    '/file': (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  };
  const origin = await serveHttp(t, (request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer === undefined) response.writeHead(404).end('<html>');
    else answer(response);
  });
  const reasons: Readonly<Record<string, RegExp>> = {
    [`${origin}/absent-{month}.mmdb.gz?key=hidden`]: /no such file: .*absent-\d{4}-\d\d\.mmdb\.gz\?\.\.\., .*absent-/,
    [`${origin}/endless-error`]: /the server said 500/,
    [`${origin}/truncated.gz`]: /truncated\.gz: the file is cut off/,
    [`${origin}/cut`]: /the connection was cut/,
    [`${origin}/page.mmdb`]: /page\.mmdb gave is no MaxMind database/,
    [`${origin}/huge`]: /larger than 536870912 bytes/,
    [`${origin}/loop`]: /sends on more than 5 times/,
    [`${origin}/file`]: /sends on to a file: address/,
    [`http://127.0.0.1:${await closedPort()}/`]: /nobody listens there/,
  };
  await Promise.all(
    Object.entries(reasons).map(async ([source, reason]) => {
      const { config, database, files } = await geoIpExit(t);
      writeFileSync(database, 'old');
      const run = await runCli(['geoip', 'update', '--config', config, '--source', source]);
      t.equal(run.status, 1, source);
      t.match(run.stderr, reason, source);
      t.match(run.stderr, /The one before stays in use\./, source);
      t.match(run.stderr, NEXT, source);
      t.notMatch(run.stderr, /\r|hidden|\n./, source);
      t.equal(run.stdout, '', source);
      t.equal(readFileSync(database, 'utf8'), 'old', source);
      t.same(files(), ['geoip.mmdb'], source);
    }),
  );
});

t.test('a place that is taken by a folder', async (t) => {
  const origin = await serveHttp(t, (_request, response) => response.end(databaseOf('US')));
  const { config, database, files } = await geoIpExit(t);
  mkdirSync(join(database, 'inner'), { recursive: true });
  const run = await runCli(['geoip', 'update', '--config', config, '--source', origin]);
  t.equal(run.status, 1);
  t.match(run.stderr, /No new GeoIP database: .*it is a folder\. .*Mend that/);
  t.same(files(), ['geoip.mmdb']);
});
