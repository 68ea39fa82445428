import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import { geoIpCommand } from '../../../node/cli/geoip.ts';
import { systemClock } from '../../../node/clock.ts';
import { makeExitService } from '../../../node/exit-service.ts';
import { GeoService } from '../../../node/geoip/geo-service.ts';
import { timersOf } from '../../../node/timers.ts';
import { isInstalled } from '../../fixtures/is-installed.ts';
import { streamPair } from '../../fixtures/stream-pair.ts';
import { databaseOf, geoIpExit, serveHttp } from '../fixtures/geoip-exit.ts';
import { keepingLog } from '../fixtures/keeping-log.ts';
import { nodeId } from '../fixtures/network.ts';
import { collect, INSTRUMENTS, PROGRAM, runCli } from '../fixtures/run-cli.ts';

// The command as a process of its own, against a web server of the test's.
t.setTimeout(60_000);

/** Gives a program a terminal (util-linux). */
const TERMINAL = 'script';

t.test('the command says what it is called', async (t) => {
  t.match(geoIpCommand.command, /^geoip /);
  t.type(geoIpCommand.handler, 'function');
});

t.test('compressed or not, whatever the name says; what it is and whose; no bar without a terminal', async (t) => {
  const plain = databaseOf('US');
  const zipped = gzipSync(plain);
  const origin = await serveHttp(t, (request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname;
    if (path === '/encoded.mmdb.gz') response.writeHead(200, { 'content-encoding': 'gzip' });
    if (path === '/moved') response.writeHead(302, { location: 'elsewhere/plain' }).end();
    else response.end(path.includes('plain') ? plain : zipped);
  });
  const paths = ['plain.mmdb.gz', 'zipped?token=hidden', 'encoded.mmdb.gz', 'moved'];
  await Promise.all(
    paths.map(async (path) => {
      const { config, database, files } = await geoIpExit(t);
      const run = await runCli(['geoip', 'update', '--config', config, '--source', `${origin}/${path}`]);
      t.equal(run.status, 0, `${path} ${run.stderr}`);
      t.equal(run.stdout, `${database}: Test-City of 2023-11-14, 0.0 MB\n`, path);
      t.equal(run.stderr, '', path);
      t.same(readFileSync(database), plain, path);
      t.equal(statSync(database).mode & 0o777, 0o600);
      t.same(files(), ['geoip.mmdb']);
    }),
  );
});

t.test('from where the configuration says; last month where this one is not there yet; as JSON', async (t) => {
  const asked: string[] = [];
  const body = databaseOf('DE', { metadata: { database_type: 'DBIP-City-Lite' } });
  const origin = await serveHttp(t, (request, response) => {
    asked.push(request.url ?? '');
    if (asked.length === 1) response.writeHead(404).end('no such month');
    else response.end(gzipSync(body));
  });
  const { config, database } = await geoIpExit(t);
  appendFileSync(config, `geoip:\n  source: ${origin}/city-{month}.mmdb.gz?key=hidden\n`);
  const run = await runCli(['geoip', 'update', '--config', config, '--json']);
  t.equal(run.status, 0, run.stderr);
  const months = asked.map((path) => Date.parse(`${/^\/city-(\d{4}-\d\d)\.mmdb\.gz\?key=hidden$/.exec(path)?.[1]}-01`));
  t.equal(months.length, 2);
  t.equal(new Date(months[1]!).getUTCMonth(), (new Date(months[0]!).getUTCMonth() + 11) % 12, 'the month before');
  const printed: Readonly<Record<string, unknown>> = JSON.parse(run.stdout);
  t.match(printed, { database, kind: 'DBIP-City-Lite', built: '2023-11-14', bytes: body.length, credit: /CC BY 4\.0/ });
  t.match(printed['url'], /^http:\/\/127\.0\.0\.1:\d+\/city-\d{4}-\d\d\.mmdb\.gz\?\.\.\.$/);
  t.notMatch(run.stdout + run.stderr, /hidden/, 'keys stay unsaid');
});

t.test(
  'a bar on a terminal, which is gone at the end',
  { skip: process.platform !== 'linux' || !isInstalled(TERMINAL) },
  async (t) => {
    const body = databaseOf('US');
    const origin = await serveHttp(t, (_request, response) => {
      response.writeHead(200, { 'content-length': body.length });
      response.end(body);
    });
    const { config } = await geoIpExit(t);
    const words = [
      process.execPath,
      ...INSTRUMENTS,
      PROGRAM,
      'geoip',
      'update',
      '--config',
      config,
      '--source',
      origin,
    ];
    const line = words.map((word) => `'${word}'`).join(' ');
    const { stdout } = await collect(
      spawn(TERMINAL, ['-qec', line, '/dev/null'], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    t.match(stdout, /\r\[#{30}\] 100 % of 0\.0 MB/);
    const [, rest] = stdout.split('\r\u001b[K');
    t.match(rest, /^[^\r]*geoip\.mmdb: Test-City/);
  },
);

t.test('an exit that runs takes the new one up by itself', async (t) => {
  const { config, database } = await geoIpExit(t);
  const { log } = keepingLog();
  let nowMs = 0;
  const problems: string[] = [];
  const geo = new GeoService({
    databasePath: database,
    nowMs: () => nowMs,
    onProblem: (message) => problems.push(message),
  });
  const exit = makeExitService({
    settings: { allowPrivate: false, allowPorts: [], maxStreamsPerClient: 8 },
    ownPorts: () => [],
    observed: () => [],
    scheduler: timersOf(systemClock),
    locate: (address) => geo.locate(address),
    log,
  });
  t.teardown(() => exit.close());
  const where = async (): Promise<string | null | undefined> => {
    const target = { host: { type: 'ip', bytes: Uint8Array.of(8, 8, 8, 8) }, port: 0 } as const;
    const { near, far } = streamPair({ target, client: nodeId(2), exit: nodeId(1) });
    const answered = new Promise<StreamEvent>((resolve) => (near.onEvent = resolve));
    exit.accept(far);
    const answer = await answered;
    return answer.type === 'opened' ? answer.destination?.country : undefined;
  };
  t.equal(await where(), null, 'no database, no country, and it works');
  let body = databaseOf('FR');
  const origin = await serveHttp(t, (_request, response) => response.end(body));
  const update = async (): Promise<number | null> =>
    (await runCli(['geoip', 'update', '--config', config, '--source', origin])).status;
  writeFileSync(database, databaseOf('DE'));
  nowMs += 10_000;
  t.equal(await where(), 'DE');
  t.equal(await update(), 0);
  t.equal(await where(), 'DE', 'looked at every 10 s');
  nowMs += 10_000;
  t.equal(await where(), 'FR');
  body = Buffer.from('an error page');
  t.equal(await update(), 1);
  nowMs += 10_000;
  t.equal(await where(), 'FR', 'what was good stays');
  t.same(problems, []);
});

t.test('called wrongly: status 2, and nothing is written', async (t) => {
  const { config, files } = await geoIpExit(t);
  const table: readonly (readonly [source: string, message: RegExp])[] = [
    ['file:///etc/passwd', /source is no http or https address/],
    ['http://me:hidden@127.0.0.1/', /user name or password/],
  ];
  await Promise.all(
    table.map(async ([source, message]) => {
      const run = await runCli(['geoip', 'update', '--config', config, '--source', source]);
      t.equal(run.status, 2, source);
      t.match(run.stderr, message);
      t.notMatch(run.stderr, /hidden|at .*\.js/);
      t.equal(run.stdout, '');
    }),
  );
  t.same(files(), []);
});
